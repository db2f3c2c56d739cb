import Documents
import KubeObjects

/// Reads a Pod's volumes from its spec and from the objects that they name.
struct VolumeSources {
  let pod: Value
  /// Finds a ConfigMap or Secret of the Pod's namespace.
  let lookUp: (GroupVersionResource, String) -> Value?
  /// A new token for the Pod's ServiceAccount: with the given audience, for so many seconds.
  let token: (_ audience: String, _ seconds: Int64) -> IssuedToken?
  /// What the node has for Pods, by resource.
  var allocatable: [String: String] = [:]
  /// Why a path of the node is not of the wanted type (HostPathType), or nil.
  var hostPath: (_ path: String, _ type: String) -> String? = { _, _ in nil }

  /// Whether a driver's volume, by its name, is attached to the node.
  var isAttached: (_ driver: String, _ volume: String) -> Bool = { _, _ in true }

  struct MountFailure: Error {
    var message: String
    /// Whether it only waits for the volume to be attached, of which nothing is said at first.
    var isAwaitingAttachment = false
    /// The volume manager could not find out what to mount (desiredStateOfWorldPopulator).
    var isUnprocessed = false
  }

  func source(of volume: Value) throws(MountFailure) -> Volume.Source {
    let name = volume.name.isEmpty ? volume["name"]?.string ?? "" : volume.name
    if let directory = volume["emptyDir"] {
      return .emptyDirectory(Self.isInMemory(volume) ? .memory(size: size(of: directory)) : .disk)
    }
    if let path = volume[path: "hostPath", "path"]?.string {
      let type = volume[path: "hostPath", "type"]?.string ?? ""
      if !type.isEmpty, let refusal = hostPath(path, type) {
        throw MountFailure(
          message: "MountVolume.SetUp failed for volume \"\(name)\" : hostPath type check failed: "
            + refusal)
      }
      return .hostPath(path)
    }
    if let claim = volume[path: "persistentVolumeClaim", "claimName"]?.string {
      return try persistent(claim)
    }
    if volume["ephemeral"] != nil { return try persistent("\(pod.name)-\(name)") }
    do {
      if let map = volume["configMap"] {
        return .files(try configMap(map, named: map["name"]?.string ?? ""))
      }
      if let secret = volume["secret"] {
        return .files(try self.secret(secret, named: secret["secretName"]?.string ?? ""))
      }
      if let downward = volume["downwardAPI"] { return .files(downwardAPI(downward)) }
      if let projected = volume["projected"] { return .files(try self.projected(projected)) }
    } catch {
      throw MountFailure(
        message: "MountVolume.SetUp failed for volume \"\(name)\" : \(error.message)")
    }
    if let driver = volume[path: "csi", "driver"]?.string, let why = refusal(of: driver) {
      throw MountFailure(
        message: "MountVolume.SetUp failed for volume \"\(name)\" : kubernetes.io/csi: "
          + "mounter.SetupAt failed to check volume lifecycle mode: volume mode \"Ephemeral\" not "
          + "supported by driver \(driver) (\(why))")
    }
    return .emptyDirectory(.disk)
  }

  /// Why a driver makes no volumes for one Pod alone; nil: it does (supportsVolumeLifecycleMode).
  private func refusal(of driver: String) -> String? {
    guard let object = lookUp(.csiDrivers, driver) else {
      return "no CSIDriver object"
    }
    let modes = object[path: "spec", "volumeLifecycleModes"]?.array?.compactMap(\.string) ?? []
    if modes.contains("Ephemeral") { return nil }
    let known = modes.isEmpty ? ["Persistent"] : modes
    return "only supports [\(known.map { "\"\($0)\"" }.joined(separator: " "))]"
  }

  /// The smallest of what the volume, the Pod and the node allow (SizeMemoryBackedVolumes).
  private func size(of directory: Value) -> Int? {
    func bytes(_ value: Value?) -> Int64? { value.flatMap { try? Quantity(parsing: $0).value } }
    let containers = pod[path: "spec", "containers"]?.array ?? []
    let limits = containers.map { bytes($0[path: "resources", "limits", "memory"]) }
    let whole = limits.contains(nil) ? nil : limits.compactMap { $0 }.reduce(0, Self.sum)
    let node = allocatable["memory"].flatMap { try? Quantity($0).value }
    let own = bytes(directory["sizeLimit"]).flatMap { $0 > 0 ? $0 : nil }
    return [own, whole, node].compactMap { $0 }.min().map { Int(clamping: $0) }
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// Whether the kubelet puts a volume's files into memory.
  static func isInMemory(_ volume: Value) -> Bool {
    volume[path: "emptyDir", "medium"]?.string == "Memory" || volume["secret"] != nil
      || volume["projected"] != nil
  }

  private func persistent(_ claim: String) throws(MountFailure) -> Volume.Source {
    let object = lookUp(.persistentVolumeClaims, claim)
    guard let name = object?[path: "spec", "volumeName"]?.string, !name.isEmpty else {
      let why =
        object == nil
        ? "failed to fetch PVC from API server: persistentvolumeclaims \"\(claim)\" not found"
        : "PVC is not bound"
      throw MountFailure(
        message: "error processing PVC \(pod.namespace)/\(claim): \(why)", isUnprocessed: true)
    }
    guard let volume = lookUp(.persistentVolumes, name) else {
      throw MountFailure(message: "persistentvolume \"\(name)\" not found")
    }
    let spec = volume["spec"] ?? .emptyObject
    if let path = spec[path: "hostPath", "path"]?.string {
      let type = spec[path: "hostPath", "type"]?.string ?? ""
      // What a provisioner makes is for anybody to write.
      let isProvisioned = volume.annotation("pv.kubernetes.io/provisioned-by") != nil
      if let refusal = hostPath(path, isProvisioned ? "ProvisionedDirectory" : type) {
        throw MountFailure(
          message: "MountVolume.SetUp failed for volume \"\(name)\" : hostPath type check failed: "
            + refusal)
      }
      return .hostPath(path)
    }
    if let path = spec[path: "local", "path"]?.string {
      guard hostPath(path, "Directory") == nil else {
        throw MountFailure(
          message: "MountVolume.NewMounter initialization failed for volume \"\(name)\" : "
            + "path \"\(path)\" does not exist")
      }
      return .hostPath(path)
    }
    if let driver = spec[path: "csi", "driver"]?.string, !isAttached(driver, name) {
      throw MountFailure(message: "", isAwaitingAttachment: true)
    }
    return .persistent(Self.storage(behind: spec) ?? "pv/\(volume.uid)")
  }

  /// What tells the storage that a volume leads to: a volume made anew for the same leads to the
  /// same data.
  static func storage(behind spec: Value) -> String? {
    if let nfs = spec["nfs"] {
      return "nfs/\(nfs["server"]?.string ?? "")/\(nfs["path"]?.string ?? "")"
    }
    if let csi = spec["csi"], let driver = csi["driver"]?.string,
      let handle = csi["volumeHandle"]?.string
    {
      return "csi/\(driver)/\(handle)"
    }
    return nil
  }

  private func configMap(
    _ source: Value, named name: String
  ) throws(MountFailure) -> [String: Volume.File] {
    guard let map = lookUp(.configMaps, name) else {
      if source["optional"]?.bool == true { return [:] }
      throw MountFailure(message: "configmap \"\(name)\" not found")
    }
    var data = (map["data"]?.strings ?? [:]).mapValues { Volume.Content.text($0) }
    for (key, value) in map["binaryData"]?.strings ?? [:] {
      data[key] = Base64.decode(value).map { .bytes($0) }
    }
    return try select(data, source, "configmap references non-existent config key: ")
  }

  private func secret(
    _ source: Value, named name: String
  ) throws(MountFailure) -> [String: Volume.File] {
    guard let secret = lookUp(.secrets, name) else {
      if source["optional"]?.bool == true { return [:] }
      throw MountFailure(message: "secret \"\(name)\" not found")
    }
    let data = (secret["data"]?.strings ?? [:]).compactMapValues {
      Base64.decode($0).map { Volume.Content.bytes($0) }
    }
    return try select(data, source, "references non-existent secret key: ")
  }

  private func select(
    _ data: [String: Volume.Content], _ source: Value, _ refusal: String
  ) throws(MountFailure) -> [String: Volume.File] {
    let mode = Int(source["defaultMode"]?.int ?? 0o644)
    guard let items = source["items"]?.array, !items.isEmpty else {
      return data.mapValues { Volume.File(content: $0, mode: mode) }
    }
    var files: [String: Volume.File] = [:]
    for item in items {
      let key = item["key"]?.string ?? ""
      guard let content = data[key] else {
        if source["optional"]?.bool == true { continue }
        throw MountFailure(message: refusal + key)
      }
      files[item["path"]?.string ?? key] = Volume.File(
        content: content, mode: Int(item["mode"]?.int ?? Int64(mode)))
    }
    return files
  }

  private func downwardAPI(_ source: Value) -> [String: Volume.File] {
    let mode = Int(source["defaultMode"]?.int ?? 0o644)
    let api = DownwardAPI(pod: pod, allocatable: allocatable)
    var files: [String: Volume.File] = [:]
    for item in source["items"]?.array ?? [] {
      guard let path = item["path"]?.string else { continue }
      let text =
        item["fieldRef"].map { api.field($0["fieldPath"]?.string ?? "") }
        ?? api.resource(item["resourceFieldRef"] ?? .null, container: nil)
      files[path] = Volume.File(
        content: .text(text ?? ""), mode: Int(item["mode"]?.int ?? Int64(mode)))
    }
    return files
  }

  private func projected(_ source: Value) throws(MountFailure) -> [String: Volume.File] {
    let mode = source["defaultMode"] ?? 0o644
    var files: [String: Volume.File] = [:]
    var problems: [String] = []
    for part in source["sources"]?.array ?? [] {
      var found: [String: Volume.File] = [:]
      if var map = part["configMap"] {
        map["defaultMode"] = mode
        do {
          found = try configMap(map, named: map["name"]?.string ?? "")
        } catch { problems.append(error.message) }
      } else if var secret = part["secret"] {
        secret["defaultMode"] = mode
        do {
          found = try self.secret(secret, named: secret["name"]?.string ?? "")
        } catch { problems.append(error.message) }
      } else if var downward = part["downwardAPI"] {
        downward["defaultMode"] = mode
        found = downwardAPI(downward)
      } else if let wanted = part["serviceAccountToken"],
        let token = token(
          wanted["audience"]?.string ?? "", wanted["expirationSeconds"]?.int ?? 3600)
      {
        found[wanted["path"]?.string ?? "token"] = Volume.File(
          content: .token(token), mode: Int(mode.int ?? 0o644))
      }
      files.merge(found) { _, new in new }
    }
    // All that is wrong is told at once (collectData).
    if !problems.isEmpty {
      throw MountFailure(message: FieldError.aggregate(problems))
    }
    return files
  }
}
