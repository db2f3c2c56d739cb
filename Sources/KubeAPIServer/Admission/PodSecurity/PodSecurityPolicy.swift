import Documents
import KubeObjects

/// What a namespace's labels ask of its Pods.
struct PodSecurityPolicy {
  enum Level: String {
    case privileged, baseline, restricted

    var strictness: Int { self == .privileged ? 0 : self == .baseline ? 1 : 2 }
  }

  /// A level as of a version of Kubernetes.
  struct Standard: Equatable, CustomStringConvertible {
    var level: Level
    /// The minor version; nil for the latest.
    var minor: Int?

    var description: String { "\(level.rawValue):\(minor.map { "v1.\($0)" } ?? "latest")" }
    /// Whether the rules of a version apply.
    func isAtLeast(_ version: Int) -> Bool { minor.map { $0 >= version } ?? true }
  }

  var enforce: Standard
  /// What is told to the audit log.
  var audit: Standard
  /// Nil when the namespace says nothing of warnings.
  var warn: Standard?

  static let prefix = "pod-security.kubernetes.io/"

  /// `defaults`, by mode and mode-version, hold where the labels say nothing.
  init(_ labels: Value?, defaults: [String: String] = [:]) {
    var labels = labels ?? .emptyObject
    for mode in defaults.isEmpty ? [] : ["enforce", "audit", "warn"]
    where labels[Self.prefix + mode] == nil {
      // A version of the namespace's own stays with the default's level.
      labels[Self.prefix + mode] = defaults[mode].map(Value.string)
      if labels[Self.prefix + mode + "-version"] == nil {
        labels[Self.prefix + mode + "-version"] = defaults[mode + "-version"].map(Value.string)
      }
    }
    enforce = Self.standard(labels, "enforce") ?? Standard(level: .privileged, minor: nil)
    audit = Self.standard(labels, "audit") ?? Standard(level: .privileged, minor: nil)
    warn = Self.standard(labels, "warn")
  }

  // A level that cannot be read counts as the strictest, as upstream has it.
  private static func standard(_ labels: Value?, _ mode: String) -> Standard? {
    guard let text = labels?[prefix + mode]?.string else { return nil }
    let version = labels?[prefix + mode + "-version"]?.string ?? "latest"
    return Standard(level: Level(rawValue: text) ?? .restricted, minor: minor(version) ?? nil)
  }

  /// The minor version of `latest` (nil) or `v1.x`; nil at the outer level when it is neither.
  private static func minor(_ text: String) -> Int?? {
    if text == "latest" { return .some(nil) }
    guard text.hasPrefix("v1."), let minor = Int(text.dropFirst(3)), minor >= 0,
      String(minor) == text.dropFirst(3)
    else { return nil }
    return .some(minor)
  }

  static func problems(_ labels: Value?) -> [FieldError] {
    let path = FieldPath("metadata", "labels")
    var errors: [FieldError] = []
    for mode in ["enforce", "audit", "warn"] {
      if let level = labels?[prefix + mode]?.string, Level(rawValue: level) == nil {
        errors.append(
          .invalid(
            path.key(prefix + mode), .string(level),
            "must be one of privileged, baseline, restricted"))
      }
      let key = prefix + mode + "-version"
      if let version = labels?[key]?.string, minor(version) == nil {
        errors.append(
          .invalid(path.key(key), .string(version), "must be \"latest\" or \"v1.x\""))
      }
    }
    return errors
  }
}
