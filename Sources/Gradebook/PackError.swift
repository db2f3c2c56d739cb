/// Why a pack, a submission or a report cannot be used, with a way out where there is one.
package struct PackError: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
