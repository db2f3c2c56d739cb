import Documents
import KubeObjects

extension AdmissionAttributes {
  /// A refusal by a plug-in, in the words of upstream's admission.NewForbidden.
  func forbidden(_ because: String) -> StatusError {
    .forbidden(resource, shownName, because)
  }

  /// The name, or what a name is being made from.
  private var shownName: String {
    if !name.isEmpty { return name }
    let own = object.name.isEmpty ? object.generateName : object.name
    return own.isEmpty && operation == .delete ? "Unknown" : own
  }

  /// Whether this is a request for the resource itself, or the given subresource.
  func concerns(_ resource: GroupVersionResource, _ subresource: String = "") -> Bool {
    self.resource.resource == resource.resource && self.resource.group == resource.group
      && self.subresource == subresource
  }
}
