import Documents
import KubeObjects

/// The versions in which an object's managers wrote: structured-merge-diff's converter.
///
/// Only a webhook gives fields other names. Without one all versions are compared as if they were
/// the one that is written.
struct FieldVersions {
  /// The version that is written.
  let own: String
  private let schema: StructureSchema
  private let conversion: CustomConversion?

  init(_ resource: ServedResource, _ schema: StructureSchema) {
    own = resource.apiVersion
    self.schema = schema
    conversion = resource.conversion.flatMap { $0.asksWebhook ? $0 : nil }
  }

  /// Whether a version that a manager wrote in is still one of the kind's.
  func has(_ version: String) -> Bool {
    conversion.map { $0.schema(of: GroupVersion(apiVersion: version)) != nil } ?? true
  }

  /// The version in which what a manager owns is compared.
  func comparable(_ manager: ManagedFields.Manager) -> String {
    conversion == nil ? own : manager.apiVersion
  }

  private func schema(of version: String) -> StructureSchema {
    conversion?.schema(of: GroupVersion(apiVersion: version)).map { StructureSchema(root: $0) }
      ?? schema
  }

  /// An object of any version with its structure in another; nil: the webhook does not make one.
  func value(_ object: Value, in version: String) -> OwnedValue? {
    guard let conversion else { return OwnedValue(object, schema: schema) }
    return (try? conversion.converted(object, to: GroupVersion(apiVersion: version))).map {
      OwnedValue($0, schema: schema(of: version))
    }
  }

  /// A set with the structures on the way to what is in it.
  func named(_ set: FieldSet, in version: String) -> FieldSet {
    set.includingNamedFields(schema(of: version))
  }
}

/// What a write changed, in each version that a manager wrote in.
struct VersionedChanges {
  /// In one version.
  struct Changes {
    /// What has a value that it had not.
    let written: FieldSet
    let removed: FieldSet
    let touched: FieldSet

    init(_ comparison: FieldComparison) {
      written = comparison.added.union(comparison.modified)
      removed = comparison.removed
      touched = written.union(removed)
    }
  }

  private let versions: FieldVersions
  private let old: Value
  private let new: Value
  private let ignored: FieldSet
  private var known: [String: Changes] = [:]

  init(_ versions: FieldVersions, old: Value, new: Value, ignoring ignored: FieldSet) {
    self.versions = versions
    self.old = old
    self.new = new
    self.ignored = ignored
  }

  /// Nothing differs where the versions cannot be compared.
  subscript(version: String) -> Changes {
    mutating get {
      if let known = known[version] { return known }
      var comparison = FieldComparison()
      if let before = versions.value(old, in: version),
        let after = versions.value(new, in: version)
      {
        comparison = before.compare(to: after.value).excluding(ignored)
      }
      let found = Changes(comparison)
      known[version] = found
      return found
    }
  }
}
