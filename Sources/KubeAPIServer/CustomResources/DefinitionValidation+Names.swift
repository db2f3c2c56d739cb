import Documents
import KubeObjects

extension DefinitionValidation {
  // MARK: names

  mutating func checkNames(_ names: Value) {
    let place = path.child("names")
    for field in ["plural", "singular", "kind", "listKind"]
    where (names[field]?.string ?? "").isEmpty {
      errors.append(.required(place.child(field)))
    }
    checkForm(names, place)
  }

  private mutating func checkForm(_ names: Value, _ place: FieldPath) {
    for field in ["plural", "singular", "kind", "listKind"] {
      let name = names[field]?.string ?? ""
      guard !name.isEmpty else { continue }
      let isKind = field.lowercased().hasSuffix("kind")
      refuse(
        place.child(field), name,
        NameRule.dns1035Label.problems(isKind ? name.lowercased() : name),
        isKind ? "may have mixed case, but should otherwise match: " : "")
    }
    func list(_ field: String) -> [String] {
      (names[field]?.array ?? []).map { $0.string ?? "" }
    }
    for (index, name) in list("shortNames").enumerated() {
      refuse(place.child("shortNames").index(index), name, NameRule.dns1035Label.problems(name))
    }
    if let kind = names["kind"]?.string, !kind.isEmpty, kind == names["listKind"]?.string {
      errors.append(
        .invalid(
          place.child("listKind"), .string(kind), "kind and listKind may not be the same"))
    }
    for (index, name) in list("categories").enumerated() {
      refuse(place.child("categories").index(index), name, NameRule.dns1035Label.problems(name))
    }
  }

  // MARK: conversion

  mutating func checkConversion(_ conversion: Value) {
    let place = path.child("conversion")
    choose("strategy", conversion["strategy"], ["None", "Webhook"], place)
    let client = conversion["webhook"]?["clientConfig"].flatMap { $0.isNull ? nil : $0 }
    let reviews = conversion["webhook"]?["conversionReviewVersions"]?.array ?? []
    let clientPath = place.child("webhookClientConfig")
    let reviewsPath = place.child("conversionReviewVersions")
    guard conversion["strategy"] == "Webhook" else {
      let why = "should not be set when strategy is not set to Webhook"
      if client != nil { errors.append(.forbidden(clientPath, why)) }
      if !reviews.isEmpty { errors.append(.forbidden(reviewsPath, why)) }
      return
    }
    if let client {
      errors += WebhookAddress.validate(client: client, clientPath)
    } else {
      errors.append(.required(clientPath, "required when strategy is set to Webhook"))
    }
    if reviews.isEmpty { errors.append(.required(reviewsPath)) }
    var seen: Set<Value> = []
    for (index, version) in reviews.enumerated() {
      let name = version.string ?? ""
      guard seen.insert(version).inserted else {
        errors.append(.invalid(reviewsPath.index(index), version, "duplicate version"))
        continue
      }
      errors += NameRule.dns1035Label.problems(name).map {
        .invalid(reviewsPath.index(index), version, $0)
      }
    }
    if !reviews.isEmpty, seen.isDisjoint(with: ["v1", "v1beta1"]) {
      errors.append(
        .invalid(reviewsPath, .array(reviews), "must include at least one of v1, v1beta1"))
    }
  }

  // MARK: changes

  mutating func checkFixed(_ old: Value) {
    let isEstablished =
      old["status"]?["conditions"]?.array?.contains {
        $0["type"] == "Established" && $0["status"] == "True"
      } ?? false
    let names = isEstablished ? [["scope"], ["names", "kind"]] : []
    for steps in names + [["group"], ["names", "plural"]] {
      func value(_ spec: Value?) -> Value { steps.reduce(spec ?? [:]) { $0[$1] ?? "" } }
      let place = steps.reduce(path) { $0.child($1) }
      if value(spec) != value(old["spec"]) {
        errors.append(.invalid(place, value(spec), "field is immutable"))
      }
    }
  }

  mutating func checkStatus(_ status: Value) {
    let place = FieldPath("status")
    checkForm(status["acceptedNames"] ?? [:], place.child("acceptedNames"))
    let stored = (status["storedVersions"]?.array ?? []).compactMap(\.string)
    let path = place.child("storedVersions")
    if stored.isEmpty {
      errors.append(.invalid(path, .null, "must have at least one stored version"))
      return
    }
    let names = versions.map { $0["name"]?.string ?? "" }
    // Each stored version is found once.
    var left = Set(stored)
    for version in versions {
      let name = version["name"]?.string ?? ""
      if left.remove(name) == nil, version["storage"] == true {
        errors.append(
          .invalid(
            path, .array(stored.map { .string($0) }), "must have the storage version \(name)"))
      }
    }
    for (index, name) in stored.enumerated() where !names.contains(name) {
      errors.append(
        .invalid(
          path.index(index), .string(name),
          "missing from spec.versions; \(name) was previously a storage version, and must remain "
            + "in spec.versions until a storage migration ensures no data remains persisted in "
            + "\(name) and removes \(name) from status.storedVersions"))
    }
  }

  // MARK: approval

  private static let approvalKey = "api-approved.kubernetes.io"
  private static let approvals = "https://github.com/kubernetes/enhancements/pull/1111"

  enum Approval {
    case missing, bypassed, approved, invalid
  }

  static func approval(_ definition: Value) -> (Approval, String) {
    let text = definition["metadata"]?["annotations"]?[approvalKey]?.string ?? ""
    if text.isEmpty { return (.missing, text) }
    if text.hasPrefix("unapproved") { return (.bypassed, text) }
    // url.ParseRequestURI with a host and a scheme.
    guard let mark = text.firstRange(of: "://") else { return (.invalid, text) }
    let isAddress = mark.lowerBound > text.startIndex && mark.upperBound < text.endIndex
    return (isAddress ? .approved : .invalid, text)
  }

  /// Whether a group is the community's own.
  static func isProtected(_ group: String) -> Bool {
    ["k8s.io", "kubernetes.io"].contains { group == $0 || group.hasSuffix(".\($0)") }
  }

  /// What is said where the annotation is missing, and where it is something else.
  static var approvalRule: (missing: String, invalid: String) {
    let rule = "protected groups must have approval annotation \(approvalKey.goQuoted)"
    return (
      "\(rule), see \(approvals)",
      "\(rule) with either a URL or a reason starting with \"unapproved\", see \(approvals)"
    )
  }

  mutating func checkApproval(_ definition: Value) {
    guard Self.isProtected(spec["group"]?.string ?? "") else { return }
    let (state, text) = Self.approval(definition)
    if let old, Self.approval(old).0 == state { return }
    let place = FieldPath("metadata", "annotations").key(Self.approvalKey)
    if state == .missing {
      errors.append(.required(place, Self.approvalRule.missing))
    } else if state == .invalid {
      errors.append(.invalid(place, .string(text), Self.approvalRule.invalid))
    }
  }
}
