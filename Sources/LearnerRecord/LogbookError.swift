/// Why the record cannot be used, with a way out for the learner.
package struct LogbookError: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
