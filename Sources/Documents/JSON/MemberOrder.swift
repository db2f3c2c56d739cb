/// The order in which the members of an object are written: that of a struct where a schema knows
/// one, of sorted names elsewhere.
package protocol MemberOrder {
  /// Where a member stands among its siblings; those of equal rank are sorted by name.
  func rank(of member: String) -> Int
  /// The order within the value of a member, nil for sorted.
  func order(within member: String) -> Self?
  /// The order within each element when the value is an array, nil for sorted.
  var elementOrder: Self? { get }
  /// What it is known by, where one order is used for many objects.
  var identity: Int? { get }
}

extension MemberOrder {
  package var identity: Int? { nil }
}

/// The order of some names; the others follow.
package protocol NamedOrder: MemberOrder {
  var names: [String] { get }
}

extension NamedOrder {
  package func rank(of member: String) -> Int { names.firstIndex(of: member) ?? names.count }
}

/// All members sorted by name, as Go writes maps.
package struct SortedOrder: MemberOrder {
  package init() {}
  package func rank(of member: String) -> Int { 0 }
  package func order(within member: String) -> SortedOrder? { nil }
  package var elementOrder: SortedOrder? { nil }
}
