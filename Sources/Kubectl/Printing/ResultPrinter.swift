import Documents

/// Says what was done with an object (`pod/web created`), or prints it as `-o` asks.
final class ResultPrinter {
  private let invocation: Invocation
  private let operation: String
  private let printer: ObjectPrinter?
  private let onlyNames: Bool

  /// `operation` is what the line ends with: `created`, `scaled (dry run)`.
  init(
    _ invocation: Invocation, operation: String, dryRun: Invocation.DryRun = .none,
    isTyped: Bool = false
  ) async throws {
    self.invocation = invocation
    switch dryRun {
    case .none: self.operation = operation
    case .client: self.operation = operation + " (dry run)"
    case .server: self.operation = operation + " (server dry run)"
    }
    let format = try await OutputFormat.parse(invocation)
    onlyNames = format == .name
    printer = try format.flatMap {
      $0 == .name ? nil : try ObjectPrinter($0, values: invocation.values, isTyped: isTyped)
    }
  }

  var printsObjects: Bool { printer != nil }

  /// `operation` overrides the one given at first, without its dry-run note.
  func print(_ object: Value, operation other: String? = nil) throws {
    invocation.changedObjects.append(object)
    if let printer {
      invocation.output.print(try printer.text(object))
    } else if onlyNames {
      invocation.output.line(ObjectPrinter.name(object))
    } else {
      invocation.output.line("\(ObjectPrinter.name(object)) \(other ?? operation)")
    }
  }

  /// `name` says it otherwise than by what was asked for.
  func print(_ info: ResourceInfo, operation other: String? = nil, name: String? = nil) throws {
    if printer == nil {
      invocation.changed.append(info)
      // The server may answer with another kind (a Scale, a Status); the line names the object.
      let name = name ?? info.printedName
      invocation.output.line(onlyNames ? name : "\(name) \(other ?? operation)")
    } else {
      try print(info.object, operation: other)
    }
  }
}
