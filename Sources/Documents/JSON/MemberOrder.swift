/// The order in which the members of an object are written: that of a struct where a schema knows
/// one, of sorted names elsewhere.
package protocol MemberOrder {
  /// The names that come first, in their order; the others follow, sorted. Empty sorts all.
  var names: [String] { get }
  /// The order within the value of a member, nil for sorted.
  func order(within member: String) -> Self?
  /// The order within each element when the value is an array, nil for sorted.
  var elementOrder: Self? { get }
}

/// All members sorted by name, as Go writes maps.
package struct SortedOrder: MemberOrder {
  package init() {}
  package var names: [String] { [] }
  package func order(within member: String) -> SortedOrder? { nil }
  package var elementOrder: SortedOrder? { nil }
}
