import Foundation

/// The real tools of the machine that runs the tests, where there are any.
enum Judge {
  /// Files that both worlds have in their working directory.
  static let files = [
    "fruit": "apple\nbanana\ncherry\nbanana\nApple pie\n\ndate\n",
    "people": "ann:30:berlin\nbob:25:paris\ncid:41:rome\ndan:25:oslo\n",
    "numbers": "10\n9\n2\n33\n-5\n4.5\n1K\n2M\n",
    "words": "the quick  brown fox\n jumps over\tthe lazy dog\nthe end",
    "log": """
    10.0.0.1 GET /a 200 12
    10.0.0.2 GET /b 404 7
    10.0.0.1 POST /a 500 99
    10.0.0.3 GET /c/d 200 3

    """,
    "json": #"{"items":[{"name":"a","n":1},{"name":"b","n":2}]}"# + "\n",
  ]

  static let isThere = FileManager.default.fileExists(atPath: "/usr/bin/bash")

  static func has(_ program: String) -> Bool {
    ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
  }

  /// What real bash prints for a line, with how it ended.
  static func run(_ line: String) throws -> (output: String, status: Int32) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("drydock-judge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    let process = Foundation.Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
  }

  /// A line's words, quotes removed; one command, no expansion.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for letter in line {
      if let open = quote {
        if letter == open { quote = nil } else { word = (word ?? "") + String(letter) }
      } else if letter == "'" || letter == "\"" {
        quote = letter
        word = word ?? ""
      } else if letter == " " {
        if let whole = word { words.append(whole) }
        word = nil
      } else {
        word = (word ?? "") + String(letter)
      }
    }
    if let whole = word { words.append(whole) }
    return words
  }
}
