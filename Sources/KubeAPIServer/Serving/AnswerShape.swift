import Documents
import KubeObjects
import Simulation

/// Forms objects as the client wants them: whole, as rows of a Table, or their metadata alone.
struct AnswerShape {
  private let resource: ServedResource
  private let include: String
  private let now: Moment
  private let shape: AnswerForm.Shape
  /// Of the forms that are none of the resource's own.
  private let apiVersion: Value

  init(_ resource: ServedResource, _ options: RequestOptions, _ form: AnswerForm, now: Moment) {
    self.resource = resource
    shape = form.shape
    apiVersion = .string("meta.k8s.io/\(form.version)")
    include = options.text("includeObject")
    self.now = now
  }

  func one(_ object: Value) throws(StatusError) -> Value {
    switch shape {
    case .object: return object
    case .partialMetadata: return partial(object)
    case .partialMetadataList where resource.type == nil:
      // An unstructured object could be a list.
      throw .plain("content is not a list")
    case .partialMetadataList:
      throw .notAcceptable(
        "you requested PartialObjectMetadataList, but the requested object is not a list "
          + "(\(goType(isList: false)))")
    case .table:
      var metadata: Value = [:]
      metadata["resourceVersion"] = object["metadata"]?["resourceVersion"]
      return try table([object], metadata)
    }
  }

  func list(_ list: Value) throws(StatusError) -> Value {
    let items = list["items"]?.array ?? []
    switch shape {
    case .object:
      guard resource.type != nil else { return list }
      // The elements of a typed list do not repeat its kind.
      var bare = list
      bare["items"] = .array(items.map(Self.withoutKind))
      return bare
    case .partialMetadata:
      throw .notAcceptable(
        "you requested PartialObjectMetadata, but the requested object is a list "
          + "(\(goType(isList: true)))")
    case .partialMetadataList:
      return [
        "kind": "PartialObjectMetadataList", "apiVersion": apiVersion,
        "metadata": metadata(list), "items": items.isEmpty ? .null : .array(items.map(partial)),
      ]
    case .table:
      var table = try table(sorted(items), metadata(list))
      // The plain converter of definitions makes no rows out of no objects.
      if items.isEmpty, resource.resource == .customResourceDefinitions { table["rows"] = .null }
      return table
    }
  }

  /// The type that upstream holds objects of the resource in, as Go prints it.
  private func goType(isList: Bool) -> String {
    if resource.type == nil { return "*unstructured.Unstructured" + (isList ? "List" : "") }
    let group = resource.resource.group.split(separator: ".").first.map(String.init) ?? "core"
    return "*\(group).\(resource.kind)" + (isList ? "List" : "")
  }

  /// Forms with a Go structure leave out what is empty.
  private func metadata(_ list: Value) -> Value {
    var metadata = list["metadata"] ?? .emptyObject
    if metadata["continue"] == "" { metadata["continue"] = nil }
    return metadata
  }

  /// Flow schemas are shown in the order in which they are asked (FlowSchemaSequence).
  private func sorted(_ items: [Value]) -> [Value] {
    guard resource.kind == "FlowSchema" else { return items }
    func key(_ object: Value) -> (Int64, String) {
      (object["spec"]?.number("matchingPrecedence") ?? 0, object.name)
    }
    return items.sorted { key($0) < key($1) }
  }

  static func withoutKind(_ object: Value) -> Value {
    var bare = object
    bare["kind"] = nil
    bare["apiVersion"] = nil
    return bare
  }

  func partial(_ object: Value) -> Value {
    [
      "kind": "PartialObjectMetadata", "apiVersion": apiVersion,
      "metadata": object["metadata"] ?? .emptyObject,
    ]
  }

  /// Rows of a table; a watch's later events leave out the columns.
  func table(
    _ objects: [Value], _ metadata: Value, hasColumns: Bool = true
  ) throws(StatusError) -> Value {
    guard ["", "Metadata", "Object", "None"].contains(include) else {
      throw .badRequest(
        "Unable to convert to Table as requested: includeObject: Invalid value: "
          + "\(include.goQuoted): must be 'Metadata', 'Object', 'None', or empty")
    }
    let isScale = objects.first?.kind == "Scale"
    let form: any TableForm =
      isScale
      ? ScaleTable(isCustom: resource.custom != nil) : resource.strategy.table ?? PlainTable()
    var table: Value = [
      "kind": "Table", "apiVersion": apiVersion, "metadata": metadata,
      "rows": .array(objects.map { row($0, form) }),
    ]
    table["columnDefinitions"] =
      hasColumns ? .array(form.columns.map(Self.definition)) : .null
    return table
  }

  private func row(_ object: Value, _ form: any TableForm) -> Value {
    let read = object.kind == "Scale" ? object : resource.toHandled(object)
    var row: Value = ["cells": .array(form.cells(read, now: now))]
    if let conditions = form.conditions(object) { row["conditions"] = conditions }
    switch include {
    case "None": row["object"] = .null
    case "Object": row["object"] = object
    default: row["object"] = partial(object)
    }
    return row
  }

  private static func definition(_ column: TableColumn) -> Value {
    [
      "name": .string(column.name), "type": .string(column.type),
      "format": .string(column.format), "description": .string(column.description),
      "priority": .int(column.priority),
    ]
  }
}

/// Name and creation time: the table of a kind without columns of its own.
struct PlainTable: TableForm {
  var columns: [TableColumn] {
    [
      TableColumn("Name", format: "name", description: ""),
      TableColumn("Created At", type: "date", description: ""),
    ]
  }

  func cells(_ object: Value, now: Moment) -> [Value] {
    [.string(object.name), object["metadata"]?["creationTimestamp"] ?? .null]
  }
}

/// The table of the scale subresource of any kind.
struct ScaleTable: TableForm {
  let isCustom: Bool

  var columns: [TableColumn] {
    guard !isCustom else {
      return CustomTable(columns: [
        [
          "name": "Desired", "type": "integer", "jsonPath": ".spec.replicas",
          "description": "Number of desired replicas",
        ],
        [
          "name": "Available", "type": "integer", "jsonPath": ".status.replicas",
          "description": "Number of actual replicas",
        ],
      ]).columns + CustomTable(columns: []).columns.suffix(1)
    }
    return [
      TableColumn("Name", format: "name", description: ""),
      TableColumn("Desired", type: "integer", description: ""),
      TableColumn("Available", type: "integer", description: ""),
      TableColumn("Age", description: ""),
    ]
  }

  func cells(_ object: Value, now: Moment) -> [Value] {
    [
      .string(object.name), object["spec"]?["replicas"] ?? 0, object["status"]?["replicas"] ?? 0,
      Cell.age(object, now),
    ]
  }
}
