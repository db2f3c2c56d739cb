import CEL

/// Finds what matches a pattern.
enum RegexLibrary {
  static let all: [Function] = [
    .member("find", "string_find_string", [.string, .string], .string) { values in
      guard let text = values[0].string, let pattern = values[1].string else { return nil }
      do {
        return .string(try RegularExpression(pattern).firstMatch(in: text) ?? "")
      } catch {
        return .failure("Illegal regex: \(error)")
      }
    },
    Function(
      "findAll",
      [
        Overload("string_find_all_string", isMember: true, [.string, .string], .list(.string)),
        Overload(
          "string_find_all_string_int", isMember: true, [.string, .string, .int], .list(.string)),
      ]
    ) { values in
      guard let text = values[0].string, let pattern = values[1].string else { return nil }
      let limit = values.count > 2 ? values[2].int ?? -1 : -1
      do {
        let found = try RegularExpression(pattern).allMatches(in: text, limit: Int(clamping: limit))
        return .list(found.map { .string($0) })
      } catch {
        return .failure("Illegal regex: \(error)")
      }
    },
  ]
}
