import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// `get --watch`: the objects as they are, then each change as it comes.
final class GetWatch {
  private let call: Invocation
  private let format: OutputFormat
  private var widths: [Int] = []
  private var hasHeader = false
  private var columns: Value = .null
  private var objects: ObjectPrinter?

  init(call: Invocation, format: OutputFormat) {
    self.call = call
    self.format = format
  }

  private var isTable: Bool { format == .table || format == .wide }

  func run(_ selection: Selection) async throws {
    var selection = selection
    if isTable {
      selection.accept = GetCommand.tableAccept
      selection.extraQuery = GetCommand.query(call.values)
    }
    let sorts = !call.values.string("sort-by").isEmpty
    if sorts {
      call.output.complainLine(
        "warning: --watch requested, --sort-by will be ignored for watch events received")
    }
    if case .words(let resources, _) = try selection.parsed(), resources.count > 1 {
      throw CommandError.text("you may only specify a single resource type")
    }
    let findings = try await selection.find(call)
    try findings.check()
    guard let first = findings.infos.first,
      findings.infos.allSatisfy({ $0.resource == first.resource })
    else {
      throw CommandError.text(
        "watch is only supported on individual resources and resource collections - "
          + "more than 1 resource was found")
    }
    if !isTable { objects = try ObjectPrinter(format, values: call.values) }
    if !call.values.bool("watch-only") {
      for var info in findings.infos {
        if sorts, isTable { info.object = try sorted(info.object) }
        try show(info.object, event: "ADDED", info.resource)
      }
    }
    guard findings.infos.allSatisfy({ $0.name.isEmpty }) || findings.infos.count == 1 else {
      throw CommandError.text(
        "you may only watch a single resource or type of resource at a time")
    }
    try await call.flush()
    try await follow(first, selection)
  }

  private func sorted(_ table: Value) throws -> Value {
    var table = table
    do {
      let order = try SortingOrder(call.values.string("sort-by"))
      table["rows"] = .array(
        try order.sorted(table["rows"]?.array ?? []) { $0["object"] ?? .null })
    } catch let error as CommandError {
      throw CommandError.text(
        "unable to output the provided object: \(CommandError.message(error))")
    }
    return table
  }

  private func follow(_ info: ResourceInfo, _ selection: Selection) async throws {
    var query: APIClient.Query = [("watch", "true")]
    var field = selection.fieldSelector ?? ""
    if !info.name.isEmpty { field = "metadata.name=\(info.name)" }
    if !field.isEmpty { query.append(("fieldSelector", field)) }
    if let selector = selection.labelSelector { query.append(("labelSelector", selector)) }
    // GetOptions.watch: an object by name is watched from now, since its own revision may be too old;
    // what comes first then is the object that has been shown.
    var isFirst = !info.name.isEmpty
    let version =
      isFirst ? "0" : info.object[path: "metadata", "resourceVersion"]?.string ?? ""
    if !version.isEmpty { query.append(("resourceVersion", version)) }
    let answer = try await call.client().send(
      "GET", info.resource.path(namespace: info.namespace), query, accept: selection.accept)
    guard case .watch(let stream) = answer.body else { return }
    stream.onReady = { [call] in call.surroundings.wake() }
    defer { stream.cancel() }
    while true {
      for event in stream.take() where event.type != "BOOKMARK" {
        if event.type == "ERROR" {
          throw CommandError.status(StatusError(reading: event.object))
        }
        if isFirst {
          isFirst = false
          continue
        }
        try show(event.object, event: event.type, info.resource)
      }
      try await call.flush()
      if stream.isEnded { return }
      try await call.surroundings.pause()
    }
  }

  private func show(_ object: Value, event: String, _ resource: APIResource) throws {
    let marks = call.values.bool("output-watch-events")
    if let objects {
      let items = object["items"]?.array ?? [object]
      for item in items {
        // A name is the object's even where the event is asked for.
        var item = item
        if item["kind"] == nil {
          item["kind"] = .string(resource.kind)
          item["apiVersion"] = .string(resource.groupVersion.description)
        }
        let shown: Value =
          marks && format != .name ? ["type": .string(event), "object": item] : item
        call.output.print(try objects.text(shown))
      }
      return
    }
    var printer = TablePrinter(values: call.values, isWide: format == .wide)
    printer.showsNamespace = call.values.bool("all-namespaces") && resource.isNamespaced
    if call.values.bool("show-kind") { printer.kindPrefix = resource.printedKind }
    var table = object
    if table["columnDefinitions"]?.array?.isEmpty ?? true {
      table["columnDefinitions"] = columns
    } else {
      columns = table["columnDefinitions"] ?? .null
    }
    guard !(table["rows"]?.array ?? []).isEmpty else { return }
    var lines = printer.lines(table, withHeader: !hasHeader)
    if marks {
      let headers = hasHeader || !printer.showsHeaders ? 0 : 1
      lines = lines.enumerated().map {
        $0.offset < headers ? "EVENT\t\($0.element)" : "\(event)\t\($0.element)"
      }
    }
    hasHeader = true
    call.output.print(
      Tabulator.table.align(lines.joined(separator: "\n") + "\n", remembering: &widths))
  }
}
