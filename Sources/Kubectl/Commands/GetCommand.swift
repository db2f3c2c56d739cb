import Documents
import KubeObjects

/// kubectl get.
enum GetCommand {
  static let specification = CommandSpecification(
    name: "get",
    usage:
      "get [(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|"
      + "jsonpath|"
      + "jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] "
      + "(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]",
    summary: "Display one or many resources",
    about: "Display one or many resources.",
    examples: [
      ("Pods of the current namespace, with nodes and addresses", "kubectl get pods -o wide"),
      ("Everything of one app in every namespace", "kubectl get all -A -l app=web"),
      ("One field of one object", "kubectl get deploy web -o jsonpath='{.spec.replicas}'"),
      ("Follow changes", "kubectl get pods --watch"),
    ],
    flags: .printing + .filename + .selector + .allNamespaces
      + Flag.list(
        "chunk-size:int64=500 field-selector:string ignore-not-found:bool "
          + "label-columns,L:list no-headers:bool output-watch-events:bool raw:string "
          + "server-print:bool=true show-kind:bool show-labels:bool sort-by:string "
          + "subresource:string watch,w:bool watch-only:bool"),
    run: run)

  static func run(_ call: Invocation) async throws {
    let values = call.values
    if !values.string("raw").isEmpty { return try await raw(call) }
    let watches = values.bool("watch") || values.bool("watch-only")
    if values.bool("output-watch-events"), !watches {
      throw CommandError.text(
        "--output-watch-events option can only be used with --watch or --watch-only")
    }
    var format = OutputFormat.table
    var unprintable: (any Error)?
    do {
      format = try await OutputFormat.parse(call, .get) ?? .table
    } catch {
      // Told of when there is something to print (printGeneric).
      format = .json
      unprintable = error
    }
    let isTable = format == .table || format == .wide
    if !isTable, values.bool("show-labels") {
      throw CommandError.text(
        "--show-labels option cannot be used with \(values.string("output")) printer")
    }
    let files = values.strings("filename")
    if call.arguments.isEmpty, files.isEmpty, values.string("kustomize").isEmpty {
      call.output.complain(
        """
        You must specify the type of resource to get. Use "kubectl api-resources" for a complete \
        list of supported resources.


        """)
      throw CommandError.usage(
        """
        Required resource not specified.
        Use "kubectl explain <resource>" for a detailed description of that resource (e.g. \
        kubectl explain pods).
        """)
    }
    var selection = Selection(call)
    selection.allowsEmptySelector = true
    selection.isLatest = true
    if watches {
      if let unprintable { throw unprintable }
      return try await GetWatch(call: call, format: format).run(selection)
    }
    let isLocalTable = isTable && !values.bool("server-print")
    if isTable, !isLocalTable {
      selection.accept = tableAccept
      selection.extraQuery = query(values)
    }
    var findings = try await selection.find(call)
    if values.bool("ignore-not-found") { findings.errors.removeAll(where: CommandError.isNotFound) }
    if let unprintable {
      if findings.isSingle, let error = findings.errors.first { throw error }
      if values.bool("ignore-not-found"), findings.infos.isEmpty { return }
      throw unprintable
    }
    let field = values.string("sort-by")
    if isLocalTable { findings.infos = findings.flattened }
    if isTable, !field.isEmpty, findings.infos.count > 1 {
      // Several kinds or objects come as so many Tables, and those are what is put in order
      // (RuntimeSorter).
      findings.infos = try sorted(findings.infos, by: field, call)
    }
    if isTable {
      // What is no Table is shown by its name and age.
      for index in findings.infos.indices
      where findings.infos[index].object["kind"]?.string != "Table" {
        findings.infos[index].object = PlainTable.of(findings.infos[index].object, now: call.now)
      }
      try await printTables(findings, call, isWide: format == .wide)
    } else if findings.errors.isEmpty || values.strings("filename").isEmpty {
      // What a file names and is not there keeps printers from what is there (Result.Infos).
      try printObjects(findings, call, format)
    }
    // Of one thing that went wrong while tables are printed the words are bare.
    if isTable, !findings.errors.isEmpty { throw CommandError.aggregate(findings.errors) }
    try findings.check()
  }

  private static func sorted(
    _ infos: [ResourceInfo], by field: String, _ call: Invocation
  ) throws -> [ResourceInfo] {
    try sorting(call, "*unstructured.Unstructured", "sorter.go:329") {
      try SortingOrder(field).sorted(infos, \.object)
    }
  }

  static let tableAccept =
    "application/json;as=Table;v=v1;g=meta.k8s.io,"
    + "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

  /// What sorting by a field of the objects needs of a Table.
  static func query(_ values: FlagValues) -> APIClient.Query {
    values.string("sort-by").isEmpty ? [] : [("includeObject", "Object")]
  }

  private static func raw(_ call: Invocation) async throws {
    guard call.arguments.isEmpty else {
      throw CommandError.text("arguments may not be passed when --raw is specified")
    }
    let values = call.values
    if values.bool("watch") || values.bool("watch-only") || !values.string("selector").isEmpty {
      throw CommandError.text(
        "--raw may not be specified with other flags that filter the server request or alter the "
          + "output")
    }
    guard values.string("output").isEmpty else {
      throw CommandError.text("--raw and --output are mutually exclusive")
    }
    let text = call.values.string("raw")
    call.output.print(try await RawRequest.send(call, "GET", text))
  }

  /// Lists of several kinds are one List; a single object stands alone.
  private static func printObjects(
    _ findings: Selection.Findings, _ call: Invocation, _ format: OutputFormat
  ) throws {
    let infos = findings.flattened
    if infos.isEmpty, call.values.bool("ignore-not-found") || !findings.errors.isEmpty,
      findings.infos.isEmpty
    {
      return
    }
    var printer = try ObjectPrinter(format, values: call.values)
    if findings.isSingle, infos.count == 1 {
      call.output.print(try printer.text(infos[0].object))
      return
    }
    var items = infos.map(\.object)
    let field = call.values.string("sort-by")
    if !field.isEmpty { items = try SortingOrder(field).sorted(items) { $0 } }
    let list: Value = [
      "apiVersion": "v1", "kind": "List", "items": .array(items),
      "metadata": ["resourceVersion": ""],
    ]
    printer = try ObjectPrinter(format, values: call.values)
    call.output.print(try printer.text(list))
  }

  private static func printTables(
    _ findings: Selection.Findings, _ call: Invocation, isWide: Bool
  ) async throws {
    let values = call.values
    let kinds = Set(findings.infos.map(\.resource.groupResource))
    let showsKind = values.bool("show-kind") || kinds.count > 1
    let field = values.bool("server-print") ? values.string("sort-by") : ""
    var text = ""
    var isNamespaced = !values.bool("all-namespaces")
    var index = 0
    while index < findings.infos.count {
      let resource = findings.infos[index].resource
      var printer = TablePrinter(values: values, isWide: isWide)
      printer.showsNamespace = values.bool("all-namespaces") && resource.isNamespaced
      if showsKind { printer.kindPrefix = resource.printedKind }
      if !resource.isNamespaced { isNamespaced = false }
      var lines: [String] = []
      while index < findings.infos.count, findings.infos[index].resource == resource {
        var table = findings.infos[index].object
        index += 1
        if !field.isEmpty { table = try sorted(table, by: field, call) }
        if (table["rows"]?.array ?? []).isEmpty { continue }
        lines += printer.lines(table, withHeader: lines.isEmpty)
      }
      if lines.isEmpty { continue }
      if !text.isEmpty, printer.showsHeaders { text += "\n" }
      text += Tabulator.table.align(lines.joined(separator: "\n") + "\n")
    }
    call.output.print(text)
    if text.isEmpty, findings.errors.isEmpty, !values.bool("ignore-not-found") {
      let space = try await call.namespace().name
      call.output.complainLine(
        isNamespaced ? "No resources found in \(space) namespace." : "No resources found")
    }
  }

  private static func sorted(_ table: Value, by field: String, _ call: Invocation) throws -> Value {
    try sorting(call, "[][][]reflect.Value", "sorter.go:375") {
      try SortingOrder.sorted(table: table, by: field)
    }
  }

  /// What cannot be sorted ends kubectl.
  private static func sorting<Sorted>(
    _ call: Invocation, _ type: String, _ place: String, _ body: () throws -> Sorted
  ) throws -> Sorted {
    do {
      return try body()
    } catch let error as SortingOrder.Unsortable {
      call.klog(
        "F", place,
        "Field \(error.field) in \(type) is an unsortable type: interface, err: unsortable type: "
          + error.type)
      throw CommandError.exit(1)
    }
  }
}

extension TablePrinter {
  init(values: FlagValues, isWide: Bool) {
    self.isWide = isWide
    showsHeaders = !values.bool("no-headers")
    showsLabels = values.bool("show-labels")
    labelColumns = values.strings("label-columns")
  }
}

extension Selection {
  /// What the usual flags and the arguments of a command say.
  init(_ call: Invocation, arguments: [String]? = nil) {
    let values = call.values
    self.arguments = arguments ?? call.arguments
    files = values.strings("filename")
    kustomization = values.string("kustomize")
    isRecursive = values.bool("recursive")
    if !values.string("selector").isEmpty { labelSelector = values.string("selector") }
    if !values.string("field-selector").isEmpty {
      fieldSelector = values.string("field-selector")
    }
    // Only delete selects by --all; elsewhere it lets a kind stand without a name.
    if call.command.name == "delete" {
      selectsAll = values.bool("all")
    } else {
      allowsEmptySelector = values.bool("all")
    }
    allNamespaces = values.bool("all-namespaces")
    subresource = values.string("subresource")
    if values.flag("chunk-size") != nil { chunkSize = values.int("chunk-size") }
    // Only what is whole can be sorted.
    if !values.string("sort-by").isEmpty { chunkSize = 0 }
  }
}
