package import Documents

extension VolumeMatch {
  /// All that keeps a volume from being bound to a claim, in words; nothing: it suits.
  package static func obstacles(_ volume: Value, _ claim: Value) -> [String] {
    var found: [String] = []
    if let reference = volume[path: "spec", "claimRef"], !reference.isNull,
      !isBound(volume, to: claim)
    {
      let other = "\(reference.text("namespace"))/\(reference.text("name"))"
      found.append(
        volume[path: "status", "phase"]?.string == "Released"
          ? "it is Released: its claim \(other) is gone, but it still refers to it"
          : "it belongs to the claim \(other)")
    }
    if volume.isBeingDeleted { found.append("it is being deleted") }
    if let size = capacity(of: volume), let wanted = request(of: claim), size < wanted {
      found.append("it has \(size), the claim asks for \(wanted)")
    }
    let (own, asked) = (className(volume), className(claim))
    if own != asked {
      found.append(
        "its class is \(own.isEmpty ? "none" : own), the claim's is "
          + (asked.isEmpty ? "none" : asked))
    }
    if !offersModes(volume, claim) {
      let offered = (volume["spec"] ?? [:]).texts("accessModes").joined(separator: ", ")
      let wanted = (claim["spec"] ?? [:]).texts("accessModes").joined(separator: ", ")
      found.append("it offers \(offered), the claim asks for \(wanted)")
    }
    if !sameMode(volume, claim) { found.append("its volumeMode is another") }
    if let selector = try? LabelSelector(object: claim[path: "spec", "selector"] ?? .emptyObject),
      !selector.matches(volume.labels)
    {
      found.append("the claim's selector \(selector) does not match its labels")
    }
    return found
  }
}
