import Curriculum
import KubeObjects
package import Simulation

/// Who is in the class: a table with the columns `id` and, where wanted, `name`, `email`, `section`,
/// `canvas` (Canvas' own number), `extension` (a time such as 2d) and `received` (when the platform
/// got the work).
package struct Roster: Sendable {
  package struct Student: Hashable, Sendable {
    package var id: String
    package var name = ""
    package var email = ""
    package var section = ""
    package var canvas = ""
    package var more = Span.zero
    package var received: Moment?

    package init(id: String) { self.id = id }
  }

  /// In the order of the table.
  package private(set) var students: [Student] = []
  private var places: [String: Int] = [:]

  package init() {}

  package static func read(_ text: String) throws(PackError) -> Roster {
    let rows = CSV.rows(text)
    let names = rows.first?.map { $0.lowercased() } ?? []
    guard let idColumn = names.firstIndex(of: "id") else {
      throw PackError("the roster needs a first line with names of columns, one of them id")
    }
    let known = ["id", "name", "email", "section", "canvas", "extension", "received"]
    if let other = names.first(where: { !known.contains($0) }) {
      throw PackError(
        "the roster has a column \"\(other)\"; known are \(known.joined(separator: ", "))")
    }
    var roster = Roster()
    for (number, row) in rows.enumerated().dropFirst() {
      func cell(_ name: String) -> String {
        guard let column = names.firstIndex(of: name), row.indices.contains(column) else {
          return ""
        }
        return row[column]
      }
      guard row.indices.contains(idColumn), Learner.isName(row[idColumn]) else {
        throw PackError("line \(number + 1) of the roster has no usable id")
      }
      var student = Student(id: row[idColumn])
      student.name = cell("name")
      student.email = cell("email")
      student.section = cell("section")
      student.canvas = cell("canvas")
      if !cell("extension").isEmpty {
        guard let span = Span(duration: cell("extension")) else {
          throw PackError("line \(number + 1) of the roster: an extension such as 2d is expected")
        }
        student.more = span
      }
      if !cell("received").isEmpty {
        guard let moment = Moment(rfc3339: cell("received")) else {
          throw PackError(
            "line \(number + 1) of the roster: a time such as 2027-01-31T18:00:00Z is expected")
        }
        student.received = moment
      }
      guard roster.add(student) else {
        throw PackError("line \(number + 1) of the roster: \(student.id) is there twice")
      }
    }
    return roster
  }

  package mutating func add(_ student: Student) -> Bool {
    if places[student.id] != nil { return false }
    places[student.id] = students.count
    students.append(student)
    return true
  }

  package func student(_ id: String) -> Student? { places[id].map { students[$0] } }
}
