/// All that a runtime needs to make one container, resolved from Pod, image and node.
package final class ContainerPlan {
  package let podUID: String
  package let podName: String
  package let namespace: String
  package let name: String
  /// containerd's name for it, 64 hexadecimal digits.
  package let id: String
  package let image: Image
  package let imageName: String
  /// Entrypoint and arguments, `$(VAR)` expanded.
  package let command: [String]
  package let environment: [(name: String, value: String)]
  package let workingDirectory: String
  package let user: Int
  package let hostName: String
  package let address: String
  /// The contents of /etc/resolv.conf; empty leaves the image's own.
  package let resolver: String
  /// Lines that hostAliases add to /etc/hosts.
  package let hostAliases: String
  package let mounts: [Mount]
  package let isReadOnly: Bool
  /// Bytes, from limits; nil when unlimited.
  package let memoryLimit: Int64?
  /// What it wrote so far.
  package let log: ContainerLog

  /// A volume at a path of the container.
  package struct Mount {
    package var path: String
    package var volume: Volume
    package var isReadOnly: Bool
    package var subPath: String
  }

  init(
    pod: PodIdentity, name: String, id: String, image: Image, imageName: String,
    command: [String], environment: [(name: String, value: String)], workingDirectory: String,
    user: Int, address: String, resolver: String, hostAliases: String, mounts: [Mount],
    isReadOnly: Bool, memoryLimit: Int64?,
    log: ContainerLog
  ) {
    podUID = pod.uid
    podName = pod.name
    namespace = pod.namespace
    hostName = pod.hostName
    self.name = name
    self.id = id
    self.image = image
    self.imageName = imageName
    self.command = command
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.user = user
    self.address = address
    self.resolver = resolver
    self.hostAliases = hostAliases
    self.mounts = mounts
    self.isReadOnly = isReadOnly
    self.memoryLimit = memoryLimit
    self.log = log
  }
}

/// Which Pod a container belongs to.
package struct PodIdentity: Hashable, Sendable {
  package var namespace: String
  package var name: String
  package var uid: String
  package var hostName: String
}
