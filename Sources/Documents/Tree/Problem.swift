/// Something wrong in a text, with its place; lines and columns count from 1.
package struct Problem: Error, Hashable, Sendable {
  package var message: String
  package var line: Int
  package var column: Int

  package init(_ message: String, line: Int, column: Int) {
    self.message = message
    self.line = line
    self.column = column
  }
}
