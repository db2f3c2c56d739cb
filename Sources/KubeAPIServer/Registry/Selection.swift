import Documents
import KubeObjects

/// Which objects of a resource a list or watch is about.
struct Selection {
  let labels: LabelSelector
  let fields: FieldSelector
  /// What the kind itself calls the fields asked for, where it has other names.
  private var names: [String: String] = [:]
  private let resource: ServedResource

  static func everything(of resource: ServedResource) -> Selection {
    Selection(labels: .everything, fields: .everything, of: resource)
  }

  private init(labels: LabelSelector, fields: FieldSelector, of resource: ServedResource) {
    self.labels = labels
    self.fields = fields
    self.resource = resource
  }

  /// What two parameters of a request say, whatever they are about.
  static func read(
    labels: String, fields: String
  ) throws(StatusError) -> (labels: LabelSelector, fields: FieldSelector) {
    do throws(LabelSelectorError) {
      return (
        labels.isEmpty ? .everything : try LabelSelector(labels),
        fields.isEmpty ? .everything : try FieldSelector(fields)
      )
    } catch {
      throw .badRequest("\(error)")
    }
  }

  init(labels: String, fields: String, of resource: ServedResource) throws(StatusError) {
    self.resource = resource
    (self.labels, self.fields) = try Self.read(labels: labels, fields: fields)
    // Kinds without a conversion of labels of their own have that of all
    // (DefaultMetaV1FieldSelectorConversion).
    let hasOwn = !resource.strategy.selectableFields.isEmpty || resource.custom != nil
    for term in self.fields.terms
    where term.field != "metadata.name"
      && (term.field != "metadata.namespace" || hasOwn && !resource.isNamespaced)
    {
      guard
        let name = resource.strategy.selectableField(
          named: term.field, in: resource.groupVersion)
      else {
        throw .badRequest(
          hasOwn
            ? resource.strategy.fieldRefusal(term.field)
            : "\(term.field.goQuoted) is not a known field selector: only \"metadata.name\", "
              + "\"metadata.namespace\"")
      }
      names[term.field] = name
    }
  }

  var isEverything: Bool { labels.isEmpty && fields.isEmpty }

  /// Whether an object, in the handled version, is meant.
  func matches(_ object: Value) -> Bool {
    if isEverything { return true }
    if !labels.isEmpty, !labels.matches(object["metadata"]?["labels"]) { return false }
    return fields.isEmpty || fields.matches { field(of: object, $0) }
  }

  private func field(of object: Value, _ name: String) -> String {
    switch name {
    case "metadata.name": object.name
    case "metadata.namespace": object.namespace
    default: resource.strategy.selectableField(names[name] ?? name, of: object)
    }
  }

  /// The one name that is asked for, when only that can match.
  var name: String? {
    fields.terms.first { $0.field == "metadata.name" && !$0.negated }?.value
  }

  private var nodeName: String {
    fields.terms.first { $0.field == "spec.nodeName" && !$0.negated }?.value ?? ""
  }

  func watcher(
    namespace: String, _ handler: @escaping (Watcher.Change) -> Void
  ) -> Watcher {
    let onlyNode = fields.terms.count == 1 && labels.isEmpty && !nodeName.isEmpty
    return Watcher(
      namespace: namespace, nodeName: nodeName,
      // What cannot be read is told, so that who follows learns of it.
      matches: isEverything || onlyNode
        ? nil : { stored in (try? resource.decoded(stored)).map(self.matches) ?? true },
      handler: handler)
  }
}
