import KubeObjects
import Linux
import Shell
package import Simulation

/// Builds the small Linux machine inside of a container: files of its image, mounts, programs.
struct ContainerMachine {
  let plan: ContainerPlan
  let timeline: Timeline
  let seed: UInt64
  let node: Machine?
  let storage: VolumeStorage
  let network: (any NetworkStack)?
  let programs: [String: any Program]
  /// The AppArmor profile of its processes.
  var profile: AppArmorProfile?
  /// Whose processes it sees, where it shares them.
  let table: ProcessTable?

  func make() -> Machine {
    let image = ImageRoot(image: plan.image, name: plan.imageName, known: self.programs)
    let programs = image.programs
    let root = image.make(timeline)
    let files = MountNamespace(root: root, isReadOnly: false, source: "overlay")
    try? files.makeDirectories(plan.workingDirectory)
    plan.mountProblem = mountProblem(in: files)
    // runc makes mount points before it closes the root file system.
    for mount in plan.mounts where files.status(mount.path) == nil {
      try? files.makeDirectories(mount.path)
    }
    var namespace = files
    if plan.isReadOnly {
      namespace = MountNamespace(root: root, isReadOnly: true, source: "overlay")
    }
    for mount in plan.mounts.sorted(by: { $0.path < $1.path }) {
      show(mount, in: namespace)
    }
    let machine = Machine(
      hostName: plan.hostName, timeline: timeline, seed: seed, files: namespace,
      programs: programs, budgets: .container, processors: node?.processors ?? 2,
      memoryKiB: node?.memoryKiB ?? 4_000_000, table: table ?? ProcessTable())
    mountManagedFiles(in: namespace)
    root.startCounting()
    machine.network = network
    machine.files.profile = profile
    if plan.isSandboxed { machine.kernel = "4.19.0-gvisor" }
    machine.host = node
    machine.confinement = plan.confinement
    machine.apply(plan.limits)
    for (name, value) in plan.settings {
      let path = "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
      try? namespace.place(value + "\n", at: path)
    }
    switch plan.image.userland {
    case .busybox, .alpine:
      machine.shellDialect = .ash
      machine.ownTools = Set(plan.image.tools)
      if let version = Distribution.busyBox(of: plan.image, named: plan.imageName) {
        machine.busyBoxVersion = version
      }
    default: machine.shellDialect = .dash
    }
    return machine
  }

  /// Files of the Pod's own that the kubelet mounts over the image's.
  private func mountManagedFiles(in files: MountNamespace) {
    let system = FileSystem(timeline: timeline)
    let names = MountNamespace(root: system)
    var shown = [("/etc/hostname", plan.hostName + "\n"), ("/etc/hosts", hosts)]
    if !plan.resolver.isEmpty { shown.append(("/etc/resolv.conf", plan.resolver)) }
    if !plan.terminationPath.isEmpty { shown.append((plan.terminationPath, "")) }
    for (path, text) in shown where !plan.mounts.contains(where: { $0.path == path }) {
      let isMessage = path == plan.terminationPath
      try? names.place(text, at: path, mode: isMessage ? 0o666 : 0o644)
      files.mount(
        system, at: path, part: path, isReadOnly: plan.isReadOnly && !isMessage,
        source: "/dev/vda1")
    }
  }

  private var hosts: String {
    // A machine that nobody looked at yet is not woken for it.
    if plan.isOnHostNetwork, let node, !node.files.isUntouched,
      let own = try? node.files.read("/etc/hosts")
    {
      return "# Kubernetes-managed hosts file (host network).\n"
        + String(decoding: own, as: UTF8.self) + plan.hostAliases
    }
    return """
      # Kubernetes-managed hosts file.
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::0\tip6-localnet
      fe00::0\tip6-mcastprefix
      fe00::1\tip6-allnodes
      fe00::2\tip6-allrouters
      \(plan.address)\t\(plan.ownNames)

      """ + plan.hostAliases
  }

  /// What runc says of a folder that is to be mounted on a file, or a file on a folder.
  private func mountProblem(in files: MountNamespace) -> String? {
    for mount in plan.mounts {
      guard let target = files.status(mount.path), let isFolder = isFolder(mount),
        isFolder != (target.kind == .directory)
      else { continue }
      let flags = mount.isReadOnly || mount.volume.isReadOnlySource ? "MS_RDONLY|" : ""
      return "error mounting \"\(mount.origin)\" to rootfs at \"\(mount.path)\": mount "
        + "src=\(mount.origin), dst=\(mount.path), dstFd=/proc/thread-self/fd/11, "
        + "flags=\(flags)MS_BIND|MS_REC: not a directory"
    }
    return nil
  }

  /// Whether what is mounted is a folder; nil: nobody knows yet.
  private func isFolder(_ mount: ContainerPlan.Mount) -> Bool? {
    switch mount.volume.source {
    case .files(let files): files[mount.subPath] == nil
    case .emptyDirectory, .persistent, .image: mount.subPath.isEmpty ? true : nil
    case .hostPath(let path):
      node.flatMap { node in
        node.files.isUntouched
          ? nil
          : node.files.status(mount.subPath.isEmpty ? path : path + "/" + mount.subPath)
      }.map { $0.kind == .directory }
    }
  }

  private func show(_ mount: ContainerPlan.Mount, in files: MountNamespace) {
    if case .hostPath(let path) = mount.volume.source, let node {
      if node.files.isUntouched, MachineRuntime.ofProxies.contains(path) {
        // kube-proxy looks at neither: what it mounts wakes no machine, and is there once another does.
        let fill = node.files.whenFirstUsed
        node.files.whenFirstUsed = { [weak files] in
          fill?()
          if let files { show(mount, in: files) }
        }
        return
      }
      // containerd makes the directory that it is to mount, where the kubelet did not look.
      if (try? node.files.walk(path, in: "/", .root))?.inode == nil {
        try? node.files.makeDirectories(path)
      }
      let part = path + "/" + mount.subPath
      if !mount.subPath.isEmpty, (try? node.files.walk(part, in: "/", .root))?.inode == nil {
        try? node.files.makeDirectories(part)
      }
      files.mount(
        node.files.root, at: mount.path, part: part,
        isReadOnly: mount.isReadOnly, source: "/dev/vda1")
      return
    }
    if case .image(let image, let name) = mount.volume.source {
      let root = ImageRoot(image: image, name: name, known: programs).make(timeline)
      return files.mount(
        root, at: mount.path, part: "/" + mount.subPath, isReadOnly: true, source: "overlay")
    }
    let source = mount.volume.isInMemory ? "tmpfs" : "/dev/vda1"
    var part = mount.subPath
    if case .files(let content) = mount.volume.source, !part.isEmpty {
      // What a subPath shows never follows its object.
      return files.mount(
        VolumeStorage.frozen(content, timeline), at: mount.path, part: part, isReadOnly: true,
        source: source)
    }
    let system = storage.fileSystem(of: mount.volume, pod: plan.podUID)
    // The kubelet makes the folder that a subPath names, with the volume's own mode.
    if !mount.volume.isReadOnlySource, !part.isEmpty {
      try? MountNamespace(root: system).makeDirectories("/" + part, mode: system.root.mode)
    }
    if !part.isEmpty, let found = try? MountNamespace(root: system).walk("/" + part, in: "/", .root)
    {
      part = found.path
    }
    files.mount(
      system, at: mount.path, part: part,
      isReadOnly: mount.isReadOnly || mount.volume.isReadOnlySource, source: source)
  }
}

/// The file systems behind volumes: one for each, shared by the containers that mount it.
package final class VolumeStorage {
  private let timeline: Timeline
  private var ofPods: [String: [String: (system: FileSystem, revision: Int)]] = [:]
  private var persistent: [String: FileSystem] = [:]

  package init(timeline: Timeline) { self.timeline = timeline }

  func fileSystem(of volume: Volume, pod: String) -> FileSystem {
    if case .persistent(let name) = volume.source {
      if let known = persistent[name] { return known }
      let made = FileSystem(timeline: timeline)
      persistent[name] = made
      // What provisioners make for anybody to write.
      own(made, volume.group, mode: 0o777)
      return made
    }
    if let known = ofPods[pod]?[volume.name], known.revision == volume.revision {
      return known.system
    }
    let known = ofPods[pod]?[volume.name]?.system
    let system = known ?? make(volume)
    if known == nil { own(system, volume.group, mode: 0o777) }
    if case .files(let files) = volume.source { fill(system, files, group: volume.group) }
    ofPods[pod, default: [:]][volume.name] = (system, volume.revision)
    return system
  }

  private func make(_ volume: Volume) -> FileSystem {
    guard volume.isInMemory else { return FileSystem(timeline: timeline) }
    var capacity: Int?
    if case .emptyDirectory(.memory(let size)) = volume.source { capacity = size }
    let system = FileSystem(timeline: timeline, type: "tmpfs", capacity: capacity)
    // The kernel charges whoever writes.
    if !volume.isReadOnlySource {
      system.onCharge = { Process.current?.machine.chargeMemory($0) }
    }
    return system
  }

  /// Bytes in a volume of a Pod.
  func used(by volume: String, pod: String) -> Int { ofPods[pod]?[volume]?.system.used ?? 0 }

  /// The kubelet's SetVolumeOwnership: what is made in the volume belongs to the group as well.
  private func own(_ system: FileSystem, _ group: Int?, mode: Int) {
    let names = MountNamespace(root: system)
    try? names.changeMode("/", to: group == nil ? mode : mode | 0o2000)
    if let group { try? names.changeOwner("/", user: nil, group: group) }
  }

  /// Files as they are now, for a mount that does not follow them.
  static func frozen(_ files: [String: Volume.File], _ timeline: Timeline) -> FileSystem {
    let system = FileSystem(timeline: timeline, type: "tmpfs")
    let names = MountNamespace(root: system)
    for (path, file) in files.sorted(by: { $0.key < $1.key }) {
      try? names.place("", at: "/" + path, mode: file.mode)
      try? names.write(file.bytes, to: "/" + path)
    }
    return system
  }

  /// Shows the new files of a changed ConfigMap or Secret.
  func refresh(_ volume: Volume, pod: String) { _ = fileSystem(of: volume, pod: pod) }

  func forget(pod: String) { ofPods[pod] = nil }

  /// Gives a driver's volume or snapshot what another of the same driver holds now.
  package func copy(driver: String, from source: String, to target: String) {
    guard let found = persistent["csi/\(driver)/\(source)"] else { return }
    persistent["csi/\(driver)/\(target)"] = FileSystem(found.snapshot(), timeline: timeline)
  }

  package func discard(driver: String, handle: String) {
    persistent["csi/\(driver)/\(handle)"] = nil
  }

  /// As newTimestampDir names it: the moment, and digits of chance.
  private var directoryName: String {
    let text = timeline.now.rfc3339.prefix(19).map { $0.isNumber ? $0 : "_" }
    let chance = UInt64(bitPattern: timeline.now.nanoseconds) &* 6_364_136_223_846_793_005
    return "..\(String(text)).\(1_000_000_000 + chance % 3_000_000_000)"
  }

  // The kubelet's atomic writer: names are links into ..data, which links to a dated directory.
  private func fill(_ system: FileSystem, _ files: [String: Volume.File], group: Int?) {
    let names = MountNamespace(root: system)
    let date = directoryName
    for name in (try? names.names(in: "/")) ?? [] where !name.hasPrefix("..") {
      try? names.removeAll("/" + name)
    }
    if let old = (try? names.names(in: "/"))?.first(where: {
      $0.hasPrefix("..") && $0 != "..data"
    }) {
      try? names.removeAll("/" + old)
    }
    try? names.removeAll("/..data")
    try? names.makeDirectories("/" + date)
    try? names.makeLink("/..data", to: date)
    for (path, file) in files.sorted(by: { $0.key < $1.key }) {
      try? names.place(
        String(decoding: file.bytes, as: UTF8.self), at: "/\(date)/\(path)", mode: file.mode)
      try? names.write(file.bytes, to: "/\(date)/\(path)")
      if let group {
        // Read-only volumes: the group may read (fsGroup's mask 0440).
        try? names.changeOwner("/\(date)/\(path)", user: nil, group: group)
        try? names.changeMode("/\(date)/\(path)", to: file.mode | 0o440)
      }
      let first = String(path.split(separator: "/").first ?? "")
      try? names.makeLink("/" + first, to: "..data/" + first)
    }
  }
}
