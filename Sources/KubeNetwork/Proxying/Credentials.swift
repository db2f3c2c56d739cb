import Documents
import Linux

/// What basic authentication carries and compares.
enum Credentials {
  static func basic(_ header: String) -> (user: String, password: String)? {
    guard header.lowercased().hasPrefix("basic "),
      let bytes = Base64.decode(String(header.dropFirst(6).drop { $0 == " " }))
    else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let user = text.prefix { $0 != ":" }
    guard user.count < text.count else { return nil }
    return (String(user), String(text.dropFirst(user.count + 1)))
  }

  static func matches(_ password: String, _ stored: String) -> Bool {
    PasswordHash.matches(password, stored)
  }
}
