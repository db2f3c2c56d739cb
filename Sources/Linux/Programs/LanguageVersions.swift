/// What languages' programs say of their version, which their images tell in the environment.
enum LanguageVersions {
  /// nil: it is not asked for.
  static func answer(_ program: String, _ process: Process) -> String? {
    let words = process.arguments
    let isAsked = ["--version", "-v", "-V", "version", "-version"].contains(words.first ?? "")
    guard isAsked, words.count == 1 else { return nil }
    let environment = process.environment
    switch program {
    case "node": return "v\(environment["NODE_VERSION"] ?? "25.2.0")\n"
    case "npm": return "11.6.2\n"
    case "yarn": return "1.22.22\n"
    case "go": return "go version go\(environment["GOLANG_VERSION"] ?? "1.25.4") linux/amd64\n"
    case "pip", "pip3":
      let version = python(environment)
      let line = version.split(separator: ".").prefix(2).joined(separator: ".")
      return "pip 25.2 from /usr/local/lib/python\(line)/site-packages/pip (python \(line))\n"
    default: return nil
    }
  }

  static func python(_ environment: [String: String]) -> String {
    environment["PYTHON_VERSION"] ?? "3.12.3"
  }
}
