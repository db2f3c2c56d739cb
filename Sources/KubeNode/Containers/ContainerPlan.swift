import Documents
package import Linux

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
  /// User, groups and capabilities of its processes.
  package let caller: Caller
  package let hostName: String
  /// The line of /etc/hosts that is the Pod's own.
  let ownNames: String
  let isOnHostNetwork: Bool
  /// Why a mount cannot be made; known when its machine is.
  var mountProblem: String?
  package let address: String
  /// The contents of /etc/resolv.conf; empty leaves the image's own.
  package let resolver: String
  /// Lines that hostAliases add to /etc/hosts.
  package let hostAliases: String
  package let mounts: [Mount]
  /// TCP ports that its specification declares.
  package internal(set) var ports: [Int] = []
  /// Whether it is its Pod's only container and sees no volume but its ServiceAccount's: then it
  /// is as its image makes it, and nobody else takes its ports.
  package internal(set) var isPlain = true
  package let isReadOnly: Bool
  /// What its securityContext and its Pod's ask for.
  let security: Security
  package var isPrivileged: Bool { security.isPrivileged }
  /// Whether it runs in gVisor's kernel instead of the node's.
  package internal(set) var isSandboxed = false
  /// Whose processes it sees.
  package internal(set) var processes = ProcessScope.own
  package internal(set) var limits = ContainerLimits()
  package internal(set) var confinement = Confinement()
  /// Kernel settings of its Pod (sysctls), by their dotted names.
  package internal(set) var settings: [(name: String, value: String)] = []
  /// Where it may leave a message for its status; empty: nowhere.
  package internal(set) var terminationPath = ""
  /// What it wrote so far.
  package let log: ContainerLog
  let streams: ContainerStreams
  private var endings: [Int: () -> Void] = [:]
  private var nextEnding = 0

  /// The ID of its first process as the node counts it, which its name decides.
  package var outerProcessID: Int { 1000 + (Int(id.prefix(4), radix: 16) ?? 0) }

  package enum ProcessScope {
    case own
    /// shareProcessNamespace: all containers of the Pod.
    case pod
    /// hostPID.
    case node
    /// Those of the container that it is to look into.
    case container(ContainerPlan)
  }

  /// A volume at a path of the container.
  package struct Mount {
    package var path: String
    package var volume: Volume
    package var isReadOnly: Bool
    package var subPath: String
    /// Where the kubelet has it on the node.
    package var origin = ""
  }

  init(
    pod: PodIdentity, name: String, id: String, image: Image, imageName: String,
    command: [String], environment: [(name: String, value: String)], workingDirectory: String,
    security: Security = Security(pod: [:], container: [:]), caller: Caller, address: String,
    resolver: String, hostAliases: String, mounts: [Mount], isReadOnly: Bool,
    streams: ContainerStreams
  ) {
    podUID = pod.uid
    podName = pod.name
    namespace = pod.namespace
    hostName = pod.hostName
    isOnHostNetwork = pod.isOnHostNetwork
    ownNames = pod.fullName.isEmpty ? pod.hostName : "\(pod.fullName)\t\(pod.shortName)"
    self.name = name
    self.id = id
    self.image = image
    self.imageName = imageName
    self.command = command
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.security = security
    self.caller = caller
    self.address = address
    self.resolver = resolver
    self.hostAliases = hostAliases
    self.mounts = mounts
    self.isReadOnly = isReadOnly
    self.streams = streams
    log = ContainerLog()
  }

  /// Does something when the container has ended; the answer forgets it (`forgetEnding`).
  func onEnd(_ action: @escaping () -> Void) -> Int {
    nextEnding += 1
    endings[nextEnding] = action
    return nextEnding
  }

  func forgetEnding(_ number: Int) { endings[number] = nil }

  func end() {
    let actions = endings
    endings = [:]
    for key in actions.keys.sorted() { actions[key]?() }
    log.notifyFollowers()
  }
}

/// Which Pod a container belongs to.
package struct PodIdentity: Hashable, Sendable {
  package var namespace: String
  package var name: String
  package var uid: String
  package var hostName: String
  /// Its whole name, where it has a domain, and the part of it that is its own.
  package var fullName = ""
  package var shortName = ""
  package var isOnHostNetwork = false
}
