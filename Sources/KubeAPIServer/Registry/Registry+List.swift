import Documents
import KubeObjects

extension Registry {
  /// All selected objects as a list object.
  func list(_ request: ResourceRequest, _ selection: Selection) -> Value {
    var items: [Value] = []
    let resource = request.resource
    store.forEach(resource, namespace: request.namespace) { object in
      if selection.matches(object) { items.append(resource.fromStorage(object)) }
      return true
    }
    return listObject(resource, items, metadata: ["resourceVersion": .string(store.revision)])
  }

  func listObject(_ resource: ServedResource, _ items: [Value], metadata: Value) -> Value {
    [
      "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion),
      "metadata": metadata, "items": .array(items),
    ]
  }

  /// Deletes all selected objects one by one; returns what they were.
  func deleteCollection(
    _ request: ResourceRequest, _ selection: Selection, _ options: DeleteOptions
  ) throws(StatusError) -> Value {
    let found = list(request, selection)
    var one = request
    for object in found["items"]?.array ?? [] {
      one.namespace = object.namespace
      one.name = object.name
      do throws(StatusError) {
        _ = try delete(one, options)
      } catch {
        guard error.isNotFound else { throw error }
      }
    }
    return found
  }
}
