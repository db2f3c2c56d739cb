/// The place of a field within an object, printed as upstream's field paths: `spec.ports[0].name`.
package final class FieldPath: CustomStringConvertible, Sendable {
  private enum Step {
    case child(String)
    case key(String)
    case index(Int)
  }
  private let parent: FieldPath?
  private let step: Step

  private init(parent: FieldPath?, step: Step) {
    self.parent = parent
    self.step = step
  }

  package convenience init(_ name: String, _ more: String...) {
    if let last = more.last {
      var path = FieldPath(parent: nil, step: .child(name))
      for step in more.dropLast() { path = FieldPath(parent: path, step: .child(step)) }
      self.init(parent: path, step: .child(last))
    } else {
      self.init(parent: nil, step: .child(name))
    }
  }

  package func child(_ name: String) -> FieldPath { FieldPath(parent: self, step: .child(name)) }

  package func child(_ name: String, _ more: String...) -> FieldPath {
    more.reduce(child(name)) { $0.child($1) }
  }

  package func key(_ key: String) -> FieldPath { FieldPath(parent: self, step: .key(key)) }

  package func index(_ index: Int) -> FieldPath { FieldPath(parent: self, step: .index(index)) }

  package var description: String {
    var steps: [Step] = []
    var path: FieldPath? = self
    while let here = path {
      steps.append(here.step)
      path = here.parent
    }
    var text = ""
    for step in steps.reversed() {
      switch step {
      // A path of no name is printed as Go prints it.
      case .child(""): text += "[]"
      case .child(let name): text += text.isEmpty ? name : "." + name
      case .key(let key): text += "[\(key)]"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
