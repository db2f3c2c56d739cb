import Documents
import Etcd
import KubeObjects

extension Registry {
  /// All selected objects as a list object.
  func list(
    _ request: ResourceRequest, _ selection: Selection
  ) throws(StatusError) -> Value {
    var items: [Value] = []
    var failure: StatusError?
    let resource = request.resource
    store.forEach(resource, namespace: request.namespace) { stored in
      do throws(StatusError) {
        let object = try resource.decoded(stored)
        if selection.matches(object) { items.append(resource.fromHandled(object)) }
      } catch {
        failure = error
      }
      return failure == nil
    }
    if let failure { throw failure }
    return listObject(resource, items, metadata: ["resourceVersion": .string(store.revision)])
  }

  /// A part of the selected objects, as of the wanted revision, with a token for the next part.
  func page(
    _ request: ResourceRequest, _ selection: Selection, _ options: ListOptions
  ) throws(StatusError) -> Value {
    let resource = request.resource
    guard resource.source == nil else { return try list(request, selection) }
    let range = resource.range(namespace: request.namespace)
    var start = range.start
    var revision: Int64 = 0
    if !options.continuation.isEmpty {
      let token = try ContinueToken(options.continuation)
      start = range.start + token.start
      revision = token.revision
    } else if let asked = try version(options) {
      revision =
        options.resourceVersionMatch == "Exact"
          || (options.limit > 0 && asked > 0
            && options.resourceVersionMatch.isEmpty)
        ? asked : 0
    }
    let limit = options.limit > 0 ? Int(clamping: options.limit) : 0
    let page = try read(
      resource, start, range.end, revision, limit, selection,
      continues: !options.continuation.isEmpty)
    var metadata: Value = ["resourceVersion": .string(String(page.revision))]
    if let next = page.next {
      metadata["continue"] = .string(
        ContinueToken(
          revision: page.revision, start: String(next.dropFirst(range.start.utf8.count))
        ).text)
      if selection.isEverything { metadata["remainingItemCount"] = .int(page.remaining) }
    }
    return listObject(resource, page.items, metadata: metadata)
  }

  private struct Page {
    var items: [Value] = []
    /// Where the next part starts.
    var next: String?
    var remaining: Int64 = 0
    var revision: Int64
  }

  private func read(
    _ resource: ServedResource, _ start: String, _ end: String, _ revision: Int64, _ limit: Int,
    _ selection: Selection, continues: Bool
  ) throws(StatusError) -> Page {
    store.compact()
    var page = Page(revision: revision > 0 ? revision : store.etcd.revision)
    var failure: StatusError?
    do throws(KeyValueStore.Failure) {
      try store.etcd.forEach(from: start, before: end, revision: revision) { entry in
        let object: Value
        do throws(StatusError) {
          object = try resource.decoded(entry.value)
        } catch {
          failure = error
          return false
        }
        guard selection.matches(object) else { return true }
        if limit > 0, page.items.count == limit {
          if page.next == nil { page.next = entry.key }
          page.remaining += 1
          return selection.isEverything
        }
        page.items.append(resource.fromHandled(object))
        return true
      }
    } catch {
      throw StatusError(
        code: 410, reason: "Expired",
        message: !continues
          ? "The resourceVersion for the provided list is too old."
          : "The provided continue parameter is too old to display a consistent list result. "
            + "You can start a new list without the continue parameter, or use the continue token "
            + "in this response to retrieve the remainder of the results. Continuing with the "
            + "provided token results in an inconsistent list - objects that were created, modified, "
            + "or deleted between the time the first chunk was returned and now may show up in the "
            + "list.")
    }
    if let failure { throw failure }
    return page
  }

  private func version(_ options: ListOptions) throws(StatusError) -> Int64? {
    let text = options.resourceVersion
    guard !text.isEmpty else { return nil }
    guard let version = Int64(text), version >= 0 else {
      throw .badRequest(
        "invalid resource version: resourceVersion: Invalid value: \(text.goQuoted): "
          + "strconv.ParseUint: parsing \(text.goQuoted): invalid syntax")
    }
    if version > store.etcd.revision {
      throw .tooLargeVersion(text, current: store.etcd.revision)
    }
    return version
  }

  func listObject(_ resource: ServedResource, _ items: [Value], metadata: Value) -> Value {
    var metadata = metadata
    let items = resource.storageResource == .leases ? items.map { renewed(resource, $0) } : items
    // Lists of what has no Go structure show this always.
    if resource.custom != nil { metadata.fillAbsent("continue", "") }
    return [
      "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion),
      "metadata": metadata, "items": .array(items),
    ]
  }

  /// Deletes all selected objects one by one; returns what they were.
  func deleteCollection(
    _ request: ResourceRequest, _ selection: Selection, _ options: DeleteOptions
  ) throws(StatusError) -> Value {
    try delete(list(request, selection), of: request, options)
  }

  /// Deletes the objects of a list one by one; returns the list.
  func delete(
    _ found: Value, of request: ResourceRequest, _ options: DeleteOptions
  ) throws(StatusError) -> Value {
    var one = request
    one.verb = .delete
    one.isOneOfMany = true
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

/// Where a list that was cut off goes on: a revision and a key below the collection's.
struct ContinueToken {
  var revision: Int64
  var start: String

  init(revision: Int64, start: String) {
    self.revision = revision
    self.start = start
  }

  init(_ text: String) throws(StatusError) {
    var padded = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    while padded.utf8.count % 4 != 0 { padded += "=" }
    guard let bytes = Base64.decode(padded) else { throw Self.refusal("encoding error") }
    let value: Value
    do throws(Problem) {
      value = try JSON.parse(bytes)
    } catch {
      throw Self.refusal(error.message)
    }
    guard value.object != nil else { throw Self.refusal("encoding error") }
    let version = value.text("v")
    guard version == "meta.k8s.io/v1" else {
      throw Self.refusal("server does not recognize this encoded version \(version.goQuoted)")
    }
    guard let revision = value["rv"]?.int, revision != 0 else {
      throw Self.refusal("incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
    }
    let start = value.text("start")
    if start.isEmpty {
      throw Self.refusal("encoded start key empty (version meta.k8s.io/v1)")
    }
    if start.split(separator: "/", omittingEmptySubsequences: false).contains("..") {
      throw Self.refusal(start)
    }
    self.revision = revision
    self.start = start
  }

  private static func refusal(_ why: String) -> StatusError {
    .badRequest("invalid continue token: continue key is not valid: \(why)")
  }

  /// As upstream writes it: JSON in base 64 for URLs, unpadded.
  var text: String {
    let value: Value = [
      "v": "meta.k8s.io/v1", "rv": .int(revision), "start": .string(start),
    ]
    let encoded = Base64.encode(JSON.bytes(value))
    return String(encoded.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" })
  }
}
