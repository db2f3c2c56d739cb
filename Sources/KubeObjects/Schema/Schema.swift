import Documents

/// The structure of all built-in types and resources, read once from the generated table.
package struct Schema: Sendable {
  /// Kubernetes 1.36.
  package static let builtin = Schema(table: SchemaTable.text)

  package let types: [StructuralType]
  /// In the order of discovery.
  package let resources: [ResourceDefinition]
  private let named: [String: Int]
  private let kinds: [KindKey: Int]

  private struct KindKey: Hashable {
    let groupVersion: GroupVersion
    let kind: String
  }

  /// The type of that name: core.v1.PodSpec.
  package func type(_ name: String) -> StructuralType? { named[name].map { types[$0] } }

  package func index(of name: String) -> Int? { named[name] }

  /// The type of a kind's objects.
  package func type(_ groupVersion: GroupVersion, kind: String) -> StructuralType? {
    index(groupVersion, kind: kind).map { types[$0] }
  }

  package func index(_ groupVersion: GroupVersion, kind: String) -> Int? {
    kinds[KindKey(groupVersion: groupVersion, kind: kind)]
      // DeleteOptions and its kin exist in every group.
      ?? named["meta.v1." + kind]
  }

  private init(table: StaticString) {
    let bytes = UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount)
    var names: [String: Int] = [:]
    var lines: [Slice<UnsafeBufferPointer<UInt8>>] = []
    var resourceLines: [Slice<UnsafeBufferPointer<UInt8>>] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      if line.first == UInt8(ascii: "T") {
        names[text(line.dropFirst().prefix { $0 != UInt8(ascii: "\t") })] = lines.count
        lines.append(line)
      } else {
        resourceLines.append(line)
      }
    }
    var types: [StructuralType] = []
    types.reserveCapacity(lines.count)
    var kinds: [KindKey: Int] = [:]
    for line in lines {
      let type = StructuralType.read(line, names: names)
      if let groupVersion = type.groupVersion, let kind = type.kind {
        kinds[KindKey(groupVersion: groupVersion, kind: kind)] = types.count
      }
      types.append(type)
    }
    self.types = types
    self.kinds = kinds
    named = names
    resources = Self.resources(resourceLines)
  }

  private static func resources(
    _ lines: [Slice<UnsafeBufferPointer<UInt8>>]
  ) -> [ResourceDefinition] {
    var found: [ResourceDefinition] = []
    for line in lines {
      let parts = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map(text)
      guard parts.count == 10 else { continue }
      let groupVersion = GroupVersion(apiVersion: String(parts[0].dropFirst()))
      let name = parts[1].split(separator: "/", maxSplits: 1).map(String.init)
      let resource = GroupVersionResource(groupVersion.group, groupVersion.version, name[0])
      let verbs = commaSeparated(parts[5])
      if name.count == 2 {
        let subresource = ResourceDefinition.Subresource(
          name: name[1], kind: parts[4],
          groupVersion: parts[9].isEmpty ? nil : GroupVersion(apiVersion: parts[9]), verbs: verbs)
        if found.last?.resource == resource {
          found[found.count - 1].subresources.append(subresource)
        }
        continue
      }
      found.append(
        ResourceDefinition(
          resource: resource, kind: parts[4], singular: parts[2], isNamespaced: parts[3] == "N",
          verbs: verbs, shortNames: commaSeparated(parts[6]), categories: commaSeparated(parts[7]),
          storageVersionHash: parts[8]))
    }
    return found
  }
}

private func commaSeparated(_ text: String) -> [String] {
  text.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
}

private func text(_ bytes: some Collection<UInt8>) -> String {
  String(decoding: bytes, as: UTF8.self)
}

extension StructuralType {
  /// Reads a line of the table.
  fileprivate static func read(
    _ line: Slice<UnsafeBufferPointer<UInt8>>, names: [String: Int]
  ) -> StructuralType {
    let parts = line.split(separator: UInt8(ascii: "\t"))
    let name = text(parts[0].dropFirst())
    let kindText = text(parts[1])
    var kind: String?
    var groupVersion: GroupVersion?
    if kindText != "-" {
      let words = parts[1]
        .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(text)
      kind = words[2]
      groupVersion = words[0] == "*" ? nil : GroupVersion(words[0], words[1])
    }
    return StructuralType(
      name: name, kind: kind, groupVersion: groupVersion,
      isAtomic: parts[2].elementsEqual("atomic".utf8),
      fields: parts[3...].map { Field.read($0, names: names) },
      zeroTimes: ZeroTimes.names(of: name))
  }
}

extension StructuralType.Field {
  fileprivate static func read(
    _ part: Slice<UnsafeBufferPointer<UInt8>>, names: [String: Int]
  ) -> StructuralType.Field {
    let words = part.split(separator: UInt8(ascii: " "))
    let numbers = words[1].split(separator: UInt8(ascii: "/")).map { Int(text($0)) ?? 0 }
    var required = false
    var zero = false
    var written = false
    var pointer = false
    var value: Value?
    var allowed: [String] = []
    var list = StructuralType.ListType.unspecified
    var strategy = ""
    var key = ""
    for word in words[3...] {
      let rest = word.dropFirst()
      switch word.first {
      case UInt8(ascii: "!"): required = true
      case UInt8(ascii: "+"): written = true
      case UInt8(ascii: "*"): pointer = true
      case UInt8(ascii: "0"): zero = true
      case UInt8(ascii: "="): value = Self.value(rest)
      case UInt8(ascii: "#"): allowed = commaSeparated(text(rest))
      case UInt8(ascii: "~"): list = Self.listType(text(rest))
      case UInt8(ascii: "^"):
        let halves = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        strategy = text(halves[0])
        key = halves.count > 1 ? text(halves[1]) : ""
      default: break
      }
    }
    return StructuralType.Field(
      name: text(words[0]), wire: (numbers[0], numbers.count > 1 ? numbers[1] : 0),
      type: FieldType(code: words[2], names: names), isRequired: required, defaultValue: value,
      omitsZero: zero, isWritten: written, isWrittenPointer: pointer, allowed: allowed, list: list,
      patchStrategy: strategy, patchMergeKey: key)
  }

  private static func value(_ bytes: some Collection<UInt8>) -> Value {
    let word = text(bytes)
    if word.first == "\"" { return .string(String(word.dropFirst().dropLast())) }
    switch word {
    case "true": return true
    case "false": return false
    case "{}": return .emptyObject
    case "[]": return .array([])
    default: return Int64(word).map { .int($0) } ?? .null
    }
  }

  private static func listType(_ word: String) -> StructuralType.ListType {
    switch word {
    case "atomic": .atomic
    case "set": .set
    case "granular": .granular
    default: .map(keys: commaSeparated(String(word.dropFirst(4))))
    }
  }
}

extension FieldType {
  fileprivate init(code: some Collection<UInt8>, names: [String: Int]) {
    let rest = code.dropFirst()
    switch code.first {
    case UInt8(ascii: "s"): self = .string
    case UInt8(ascii: "b"): self = .boolean
    case UInt8(ascii: "i"): self = .int32
    case UInt8(ascii: "l"): self = .int64
    case UInt8(ascii: "d"): self = .double
    case UInt8(ascii: "y"): self = .bytes
    case UInt8(ascii: "t"): self = .time
    case UInt8(ascii: "u"): self = .microTime
    case UInt8(ascii: "q"): self = .quantity
    case UInt8(ascii: "x"): self = .intOrString
    case UInt8(ascii: "o"): self = .object
    case UInt8(ascii: "["): self = .list(FieldType(code: Array(rest), names: names))
    case UInt8(ascii: "{"): self = .map(FieldType(code: Array(rest), names: names))
    case UInt8(ascii: "@"): self = names[text(rest)].map { .structure($0) } ?? .object
    default: self = .any
    }
  }
}
