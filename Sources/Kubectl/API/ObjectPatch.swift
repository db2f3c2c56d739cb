import Documents
import KubeObjects

/// Patches as kubectl makes them: strategic for kinds whose structure it knows, merge for others.
struct ObjectPatch {
  let body: Value
  let contentType: String

  var isEmpty: Bool { body.object?.isEmpty ?? false }

  private static func schema(_ resource: APIResource) -> KindStructure? {
    Schema.builtin.index(resource.groupVersion, kind: resource.kind).map {
      KindStructure(type: $0)
    }
  }

  static func twoWay(_ resource: APIResource, from old: Value, to new: Value) throws -> ObjectPatch
  {
    guard let schema = schema(resource) else {
      return ObjectPatch(body: MergePatch.diff(old, new), contentType: PatchMaker.mergeType)
    }
    do throws(PatchFailure) {
      let body = try StrategicMergePatch.diff(old, new, schema: schema)
      return ObjectPatch(body: body, contentType: PatchMaker.strategicType)
    } catch {
      throw CommandError.text(error.message)
    }
  }

  static func threeWay(
    _ resource: APIResource, original: Value, modified: Value, current: Value
  ) throws -> ObjectPatch {
    guard let schema = schema(resource) else {
      return ObjectPatch(
        body: MergePatch.threeWay(original: original, modified: modified, current: current),
        contentType: PatchMaker.mergeType)
    }
    do throws(PatchFailure) {
      let body = try StrategicMergePatch.threeWay(
        original: original, modified: modified, current: current, schema: schema)
      return ObjectPatch(body: body, contentType: PatchMaker.strategicType)
    } catch {
      throw CommandError.text(error.message)
    }
  }

  /// A strategic merge patch applied on the client.
  static func apply(_ patch: Value, to object: Value, _ resource: APIResource) throws -> Value {
    guard let schema = schema(resource) else { return MergePatch.apply(patch, to: object) }
    do throws(PatchFailure) {
      return try StrategicMergePatch.apply(patch, to: object, schema: schema)
    } catch {
      throw CommandError.text(error.message)
    }
  }
}
