/// Quoting of words so that a shell reads them back.
enum ShellQuoting {
  static func quoted(_ text: String) -> String {
    if text.isEmpty { return "''" }
    if text.utf8.contains(where: { $0 < 32 }) {
      let escaped = text.map { letter in
        switch letter {
        case "\n": "\\n"
        case "\t": "\\t"
        case "'": "\\'"
        case "\\": "\\\\"
        default: String(letter)
        }
      }
      return "$'" + escaped.joined() + "'"
    }
    return text.map { letter in
      let isPlain = letter.utf8.allSatisfy {
        $0 >= 128 || $0.isWord || "@%+=:,./-".utf8.contains($0)
      }
      return isPlain ? String(letter) : "\\\(letter)"
    }.joined()
  }
}
