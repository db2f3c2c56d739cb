import Documents
package import Linux
import Shell
package import Simulation

/// What the runtime knows of its node.
extension MachineRuntime {
  package var disk: (size: Int64, free: Int64)? {
    guard let root = node?.files.root, let capacity = root.capacity else { return nil }
    return (Int64(capacity), max(0, Int64(capacity) - Int64(root.occupied) - Int64(root.used)))
  }

  /// runc under its usual name, and the sandbox that learners meet in RuntimeClasses.
  package var handlers: Set<String> { ["runc", "runsc"] }

  package func missingProfile(for security: Security) -> String? {
    guard let node else { return nil }
    if let name = security.localAppArmor, AppArmorProfile.named(name, on: node) == nil {
      return "failed to get container spec opts: failed to generate apparmor spec opts: apparmor "
        + "profile not found \(name)"
    }
    guard let name = security.localSeccomp else { return nil }
    let path = "/var/lib/kubelet/seccomp/\(name)"
    guard let text = node.files.text(path) else {
      return "failed to create containerd container: cannot load seccomp profile \"\(path)\": open "
        + "\(path): no such file or directory"
    }
    do {
      let profile = try JSON.parse(text)
      let action = profile["defaultAction"]?.string ?? ""
      guard Self.actions.contains(action) else {
        return "failed to create containerd task: failed to create shim task: OCI runtime create "
          + "failed: string \(action) is not a valid action for seccomp"
      }
      return nil
    } catch {
      return "failed to create containerd container: decoding seccomp profile failed \"\(path)\": "
        + "invalid character looking for beginning of value"
    }
  }

  private static let actions: Set<String> = [
    "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS",
    "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY",
  ]

  /// What the node's seccomp profile lets the container's processes do; nil: no such profile.
  func filter(for security: Security) -> CallFilter? {
    guard !security.isPrivileged, let name = security.localSeccomp,
      let text = node?.files.text("/var/lib/kubelet/seccomp/\(name)"),
      let profile = try? JSON.parse(text)
    else { return nil }
    func allows(_ action: Value?) -> Bool {
      ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"].contains(action?.string ?? "")
    }
    var named: [String: Bool] = [:]
    for rule in profile["syscalls"]?.array ?? [] {
      // A rule about arguments is not about every call.
      if rule["args"]?.array?.isEmpty == false { continue }
      let names = (rule["names"]?.array ?? []).compactMap(\.string)
      for call in names + [rule["name"]?.string].compactMap({ $0 }) {
        named[call] = allows(rule["action"])
      }
    }
    return CallFilter(allowsOthers: allows(profile["defaultAction"]), named: named)
  }

  /// The AppArmor profile that a container's processes run under.
  func profile(for security: Security) -> AppArmorProfile? {
    if security.isPrivileged || security.isAppArmorUnconfined { return nil }
    guard let name = security.localAppArmor, let node else { return .runtimeDefault }
    return AppArmorProfile.named(name, on: node)
  }

  /// Processor time that the container's processes have used; none while nobody looked into it.
  package func cpuTime(of plan: ContainerPlan) -> Span { embodied(plan)?.cpuTime ?? .zero }

  /// Bytes that its processes hold.
  package func memory(of plan: ContainerPlan) -> Int { embodied(plan)?.usedMemory ?? 0 }

  package var memory: (size: Int64, used: Int64)? {
    guard let node, !containersInside.isEmpty else { return nil }
    let used = containersInside.reduce(Int64(0)) { $0 &+ Int64(clamping: $1.usedMemory) }
    return (node.memoryKiB.multipliedReportingOverflow(by: 1024).partialValue, used)
  }

  package func contents(of path: String, in volume: Volume, pod: String) -> [UInt8]? {
    if case .hostPath(let folder) = volume.source {
      return try? node?.files.read(folder + "/" + path)
    }
    return try? MountNamespace(root: storage.fileSystem(of: volume, pod: pod)).read("/" + path)
  }

  package func applyLimits(of plan: ContainerPlan) { embodied(plan)?.apply(plan.limits) }

  package func head(of path: String, in plan: ContainerPlan, upTo count: Int) -> [UInt8]? {
    let inode = try? embodied(plan)?.files.walk(path, in: "/", .root).inode
    return inode?.bytes.read(at: 0, upTo: count)
  }

  package func storageUse(of plan: ContainerPlan) -> Int {
    plan.log.size + (embodied(plan)?.files.root.used ?? 0)
  }

  /// The processes inside of a container as its node counts them, the first under a parent there.
  package func processes(in plan: ContainerPlan, under parent: Int) -> [ProcessEntry] {
    guard let inside = embodied(plan), let first = inside.processes.keys.min() else { return [] }
    func outer(_ id: Int) -> Int { plan.outerProcessID + id - first }
    return inside.processes.keys.sorted().compactMap { inside.processes[$0] }.map { process in
      ProcessEntry(
        process, id: outer(process.id),
        parentID: inside.processes[process.parentID] == nil ? parent : outer(process.parentID))
    }
  }

  /// A server that was only thought to run gets a moment to come up before somebody comes in.
  func afterLook(into plan: ContainerPlan, _ action: @escaping () -> Void) {
    guard look(into: plan) else { return action() }
    timeline.after(.milliseconds(100), action)
  }

  package func look(into plan: ContainerPlan) -> Bool {
    guard isQuiet(plan) else { return false }
    _ = machine(of: plan)
    return true
  }

  /// The lock of the packet filter, and what kube-proxy mounts of a node beside it: they are made
  /// with the node's other files.
  package static let filterLock = "/run/xtables.lock"
  static let ofProxies: Set<String> = [filterLock, "/lib/modules"]

  // The words of the host_path volume plug-in's hostPathTypeChecker.
  package func checkHostPath(_ path: String, type: String) -> String? {
    guard let files = node?.files, !type.isEmpty else { return nil }
    if files.isUntouched, Self.ofProxies.contains(path) { return nil }
    let found = (try? files.walk(path, in: "/", .root))?.inode?.statusKind
    switch type {
    case "ProvisionedDirectory":
      if found == nil {
        try? files.makeDirectories(path)
        try? files.changeMode(path, to: 0o777)
      }
      return found == nil || found == .directory ? nil : "\(path) is not a directory"
    case "DirectoryOrCreate":
      if found == nil { try? files.makeDirectories(path) }
      return found == nil || found == .directory ? nil : "\(path) is not a directory"
    case "FileOrCreate":
      if found == nil { try? files.place("", at: path) }
      return found == nil || found == .file ? nil : "\(path) is not a file"
    case "Directory": return found == .directory ? nil : "\(path) is not a directory"
    case "File": return found == .file ? nil : "\(path) is not a file"
    case "Socket": return found == .socket ? nil : "\(path) is not a socket file"
    case "CharDevice": return found == .characterDevice ? nil : "\(path) is not a character device"
    case "BlockDevice": return "\(path) is not a block device"
    default: return "\(type) is an invalid volume type"
    }
  }
}
