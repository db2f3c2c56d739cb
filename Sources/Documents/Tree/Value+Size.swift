extension Value {
  /// About how many bytes the value takes as JSON: numbers and escapes are not looked at closely.
  package var textSize: Int {
    switch self {
    case .null: 4
    case .bool(let truth): truth ? 4 : 5
    case .int, .double: 8
    case .string(let text): text.utf8.count + 2
    case .array(let elements): elements.reduce(2) { $0 + $1.textSize + 1 }
    case .object(let members): members.textSize
    }
  }
}
