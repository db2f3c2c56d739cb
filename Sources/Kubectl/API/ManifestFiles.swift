import Documents
import Shell

/// The manifests that `-f` and `-k` name: files, folders, patterns, standard input, addresses.
struct ManifestFiles {
  var paths: [String]
  var kustomization = ""
  var isRecursive = false

  static let extensions = [".json", ".yaml", ".yml"]

  func read(_ invocation: Invocation) async throws -> [Manifest] {
    if !kustomization.isEmpty {
      guard paths.isEmpty else {
        throw CommandError.text("only one of -f or -k can be specified")
      }
      guard !invocation.values.changed("recursive") else {
        throw CommandError.text("the -k flag can't be used with -f or -R")
      }
      do {
        let objects = try await Kustomization.build(kustomization, invocation)
        return objects.flatMap { Manifest.flatten($0, source: kustomization) }
      } catch let problem as CommandError {
        return [Manifest(source: kustomization, object: .null, problem: problem)]
      }
    }
    var errors: [any Error] = []
    var files: [String] = []
    for path in paths {
      do {
        files += try expand(path, invocation.surroundings)
      } catch {
        errors.append(error)
      }
    }
    if errors.count == 1 { throw errors[0] }
    if !errors.isEmpty { throw CommandError.aggregate(errors) }
    var manifests: [Manifest] = []
    for file in files { manifests += try await read(file, invocation) }
    return manifests
  }

  /// The files that one argument stands for.
  private func expand(_ path: String, _ surroundings: any Surroundings) throws -> [String] {
    if path == "-" || path.hasPrefix("http://") || path.hasPrefix("https://") { return [path] }
    guard let status = surroundings.status(path) else {
      let matches = path.contains(where: { "*?[".contains($0) }) ? glob(path, surroundings) : []
      guard !matches.isEmpty else {
        throw CommandError.text("the path \(Go.quoted(path)) does not exist")
      }
      return try matches.flatMap { try expand($0, surroundings) }
    }
    guard status.kind == .directory else { return [path] }
    let found = try walk(path, surroundings, depth: 0)
    guard !found.isEmpty else {
      throw CommandError.text(
        "error reading [\(path)]: recognized file extensions are [.json .yaml .yml]")
    }
    return found
  }

  private func walk(_ folder: String, _ surroundings: any Surroundings, depth: Int) throws
    -> [String]
  {
    guard depth < 64 else { return [] }
    var found: [String] = []
    for name in (try? surroundings.names(in: folder)) ?? [] {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      if surroundings.status(path)?.kind == .directory {
        if isRecursive { found += try walk(path, surroundings, depth: depth + 1) }
      } else if Self.extensions.contains(where: name.hasSuffix) {
        found.append(path)
      }
    }
    return found
  }

  private func glob(_ pattern: String, _ surroundings: any Surroundings) -> [String] {
    let isAbsolute = pattern.hasPrefix("/")
    var places = [isAbsolute ? "/" : ""]
    for part in pattern.split(separator: "/").map(String.init) {
      var next: [String] = []
      for place in places {
        for name in (try? surroundings.names(in: place.isEmpty ? "." : place)) ?? []
        where Glob.matches(Array(part), Array(name)) {
          next.append(place.isEmpty || place.hasSuffix("/") ? place + name : place + "/" + name)
        }
      }
      places = next
    }
    return places
  }

  private func read(_ file: String, _ invocation: Invocation) async throws -> [Manifest] {
    let source = file == "-" ? "STDIN" : file
    let bytes: [UInt8]
    if file == "-" {
      bytes = try await invocation.surroundings.readInput()
    } else if file.hasPrefix("http") && file.contains("://") {
      bytes = try await WebAddress(file).read(invocation)
    } else {
      do {
        bytes = try await invocation.surroundings.readFile(file)
      } catch let error as HostError {
        throw CommandError.text("open \(file): \(error.text.lowercased())")
      }
    }
    let (documents, problem) = ManifestText.read(bytes)
    var manifests = documents.flatMap { Manifest.flatten($0, source: source) }
    if let problem {
      manifests.append(
        Manifest(
          source: source, object: .null,
          problem: CommandError.text("error parsing \(source): \(problem)")))
    }
    return manifests
  }
}

/// File name patterns with `*`, `?` and `[…]`.
enum Glob {
  static func matches(_ pattern: [Character], _ name: [Character]) -> Bool {
    var p = 0
    var n = 0
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, let after = match(pattern, p, name[n]) {
        p = after
        n += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        p = last.pattern + 1
        n = last.name + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }

  /// Where the pattern goes on when its part at `index` takes the character.
  private static func match(_ pattern: [Character], _ index: Int, _ character: Character) -> Int? {
    switch pattern[index] {
    case "?": return index + 1
    case "[":
      guard let end = pattern[index...].firstIndex(of: "]") else { return nil }
      var members = Array(pattern[(index + 1)..<end])
      let negated = members.first == "^" || members.first == "!"
      if negated { members.removeFirst() }
      var found = false
      var position = 0
      while position < members.count {
        if position + 2 < members.count, members[position + 1] == "-" {
          if members[position] <= character, character <= members[position + 2] { found = true }
          position += 3
        } else {
          if members[position] == character { found = true }
          position += 1
        }
      }
      return found != negated ? end + 1 : nil
    default: return pattern[index] == character ? index + 1 : nil
    }
  }
}
