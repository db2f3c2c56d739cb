/// What patching and applying must know of the structure at one place of an object.
///
/// A place whose structure is unknown is nil: its objects merge member by member, its lists are
/// replaced whole.
package protocol PatchSchema {
  /// The structure of a member, or of any value of a map; nil when unknown.
  func member(_ name: String) -> Self?
  /// The structure of a list's elements; nil when unknown.
  var element: Self? { get }
  /// How a strategic merge patch treats the value.
  var patchStrategy: PatchStrategy { get }
  /// Whether a member is a field of a struct; else the object is a map.
  func isField(_ name: String) -> Bool
  /// How server-side apply divides the value among managers.
  var ownership: Ownership { get }
}

/// How a strategic merge patch treats a field: `patchStrategy` and `patchMergeKey` of its type.
package struct PatchStrategy: Hashable, Sendable {
  /// Lists are merged: by `mergeKey` when their elements are objects.
  package var merges: Bool
  /// Objects are replaced whole.
  package var replaces: Bool
  /// Members that a patch does not name as kept are cleared.
  package var retainsKeys: Bool
  /// The member that tells a list's elements apart, or empty.
  package var mergeKey: String

  package init(
    merges: Bool = false, replaces: Bool = false, retainsKeys: Bool = false, mergeKey: String = ""
  ) {
    self.merges = merges
    self.replaces = replaces
    self.retainsKeys = retainsKeys
    self.mergeKey = mergeKey
  }
}

/// How the parts of a value are owned: whole, by member, or by element.
package enum Ownership: Hashable, Sendable {
  /// A scalar, or a list or object that changes hands as one.
  case atomic
  /// An object whose members have owners of their own.
  case granular
  /// A list of scalars that stand for themselves.
  case set
  /// A list of objects told apart by these members; of those absent the default counts.
  case keyed([String], defaults: Mapping)
}

/// Why a patch cannot be applied or made, in Kubernetes' words.
package struct PatchFailure: Error, Hashable, Sendable {
  package var message: String

  package init(_ message: String) { self.message = message }
}
