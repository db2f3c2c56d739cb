import Documents

/// Prints objects in the columns of `-o custom-columns=NAME:path,…`.
final class CustomColumns {
  private let columns: [(header: String, path: JSONPathText.Path)]
  private let showsHeaders: Bool
  private var hasHeader = false

  init(_ specification: String, showsHeaders: Bool) throws {
    guard !specification.isEmpty else {
      throw CommandError.text("custom-columns format specified but no custom columns given")
    }
    self.showsHeaders = showsHeaders
    columns = try specification.split(separator: ",", omittingEmptySubsequences: false).map {
      part in
      let colon = part.firstIndex(of: ":") ?? part.endIndex
      guard colon != part.endIndex else {
        throw CommandError.text(
          "unexpected custom-columns spec: \(part), expected <header>:<json-path-expr>")
      }
      return (
        String(part[..<colon]), try JSONPathText.Path(relaxed: String(part[colon...].dropFirst()))
      )
    }
  }

  /// Reads a file of two lines: headers, and paths below them.
  static func specification(file: String, _ call: Invocation) async throws -> String {
    let bytes: [UInt8]
    do {
      bytes = try await call.surroundings.readFile(file)
    } catch {
      throw CommandError.text(
        "error reading template \(file), open \(file): no such file or directory\n")
    }
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for (number, what) in [(0, "header"), (1, "spec")] where lines.count <= number {
      throw CommandError.text(
        "invalid template, missing \(what) line. Expected format is one line of space separated "
          + "headers, one line of space separated column specs.")
    }
    let headers = lines[0].split(whereSeparator: \.isWhitespace)
    let paths = lines[1].split(whereSeparator: \.isWhitespace)
    guard !headers.isEmpty, headers.count == paths.count else {
      throw CommandError.text(
        "number of headers (\(headers.count)) and field specifications (\(paths.count)) don't match"
      )
    }
    return zip(headers, paths).map { "\($0):\($1)" }.joined(separator: ",")
  }

  func text(_ object: Value) throws -> String {
    var lines: [String] = []
    if showsHeaders, !hasHeader {
      lines.append(columns.map(\.header).joined(separator: "\t"))
      hasHeader = true
    }
    for item in object["items"]?.array ?? [object] {
      do {
        lines.append(
          try columns.map { Self.cell(try $0.path.found(in: item)) }.joined(separator: "\t"))
      } catch {
        throw CommandError.printed(Self.aligned(lines), error: CommandError.message(error))
      }
    }
    return Self.aligned(lines)
  }

  private static func aligned(_ lines: [String]) -> String {
    lines.isEmpty ? "" : Tabulator.table.align(lines.joined(separator: "\n") + "\n")
  }

  private static func cell(_ values: [Value]) -> String {
    values.isEmpty ? "<none>" : values.map(GoText.print).joined(separator: ",")
  }
}
