import KubeObjects

/// --runtime-config: which of the built-in groups, versions and resources are served.
package struct RuntimeConfig: Equatable, Sendable {
  private var switches: [String: String] = [:]

  /// As it stands on the command line: `key` or `key=true|false` between commas.
  package init(_ words: [String] = []) {
    for word in words {
      let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      switches[String(halves[0])] = halves.count > 1 ? String(halves[1]) : ""
    }
  }

  /// Versions that are served when they are asked for: their kinds look as they do in v1.
  static let optional: [GroupVersion: [String]] = [
    GroupVersion("admissionregistration.k8s.io", "v1beta1"): [
      "mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
    ],
    GroupVersion("admissionregistration.k8s.io", "v1alpha1"): [
      "mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
    ],
    GroupVersion("networking.k8s.io", "v1beta1"): ["ipaddresses", "servicecidrs"],
    GroupVersion("resource.k8s.io", "v1beta2"): [
      "deviceclasses", "resourceclaims", "resourceclaimtemplates", "resourceslices",
    ],
    GroupVersion("storage.k8s.io", "v1beta1"): ["volumeattributesclasses"],
  ]

  /// Versions whose kinds a real server has and drydock has not.
  private static let missing: Set<String> = [
    "certificates.k8s.io/v1alpha1", "certificates.k8s.io/v1beta1",
    "coordination.k8s.io/v1alpha2", "coordination.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1", "resource.k8s.io/v1alpha3", "resource.k8s.io/v1beta1",
    "scheduling.k8s.io/v1alpha2", "storagemigration.k8s.io/v1beta1",
  ]

  /// The switches of whole stages, in the order in which they are obeyed
  /// (groupVersionMatchersOrder).
  private static let stages: [(key: String, covers: @Sendable (GroupVersion) -> Bool)] = [
    ("api/all", { _ in true }),
    ("api/ga", { !$0.version.contains("alpha") && !$0.version.contains("beta") }),
    ("api/beta", { $0.version.contains("beta") }),
    ("api/alpha", { $0.version.contains("alpha") }),
  ]

  private static func isStage(_ key: String) -> Bool { stages.contains { $0.key == key } }

  /// The group, version and resource (empty: all) of a switch.
  private static func place(_ key: String) -> (version: GroupVersion, resource: String)? {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    let group = parts[0] == "api" ? "" : parts[0]
    return (GroupVersion(group, parts[1]), parts.count > 2 ? parts[2] : "")
  }

  /// strconv.ParseBool; nothing counts as true.
  private static func flag(_ text: String) -> Bool? {
    switch text {
    case "", "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
  }

  /// Why a server would not start with it (APIEnablementOptions.Validate, MergeAPIResourceConfigs).
  package var problem: String? {
    if switches == ["api/all": "false"] { return "invalid key with only api/all=false" }
    let keys = switches.keys.filter { !Self.isStage($0) }.sorted()
    let versions = Self.registered
    var unknown: [String] = []
    for key in keys {
      guard let place = Self.place(key) else { return "runtime-config invalid key \(key)" }
      if !versions.contains(where: { $0.group == place.version.group }) {
        unknown.append(place.version.group)
      }
    }
    if !unknown.isEmpty { return "unknown api groups \(unknown.joined(separator: ","))" }
    for (key, _) in Self.stages {
      guard let value = switches[key], value != "true", value != "false" else { continue }
      return "invalid value \(key)=\(value)"
    }
    for key in keys {
      guard let place = Self.place(key), let value = switches[key] else { continue }
      if !versions.contains(place.version) {
        return "group version \(place.version) that has not been registered"
      }
      if Self.flag(value) == nil {
        return "invalid value of \(key): \(value), err: strconv.ParseBool: parsing "
          + "\(value.goQuoted): invalid syntax"
      }
    }
    return nil
  }

  /// Every version that the server can read, served or not.
  private static let registered: Set<GroupVersion> = Set(
    Schema.builtin.resources.map(\.resource.groupVersion)
  ).union(optional.keys).union(missing.map { GroupVersion(apiVersion: $0) })
    .union(FormerVersions.all)

  /// Versions that are asked for and that drydock does not have.
  package var notSimulated: [String] {
    switches.filter { key, value in
      Self.flag(value) == true && Self.missing.contains { key == $0 || key.hasPrefix($0 + "/") }
    }.keys.sorted()
  }

  /// Whether a built-in resource is served.
  func serves(_ resource: GroupVersionResource) -> Bool {
    let version = resource.groupVersion
    var isServed = Self.optional[version] == nil
    for (key, covers) in Self.stages where covers(version) {
      if let value = switches[key] { isServed = value == "true" }
    }
    let own = version.group.isEmpty ? "api/\(version.version)" : version.description
    for key in [own, own + "/" + resource.resource] {
      if let value = switches[key] { isServed = Self.flag(value) ?? isServed }
    }
    return isServed
  }
}
