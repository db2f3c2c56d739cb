import Documents
import KubeObjects

extension PodSpecValidator {
  mutating func validate(lifecycleOf container: Value, _ here: FieldPath) {
    for hook in ["postStart", "preStop"] {
      guard let handler = container["lifecycle"]?[hook], !handler.isNull else { continue }
      validate(handler: handler, here.child("lifecycle").child(hook))
    }
  }

  mutating func validate(probesOf container: Value, _ here: FieldPath) {
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
      guard let probe = container[kind], !probe.isNull else { continue }
      let place = here.child(kind)
      validate(probe: probe, place)
      if kind == "readinessProbe" {
        if let period = probe["terminationGracePeriodSeconds"]?.int {
          errors.append(
            .invalid(
              place.child("terminationGracePeriodSeconds"), .int(period),
              "must not be set for readinessProbes"))
        }
      } else if probe.number("successThreshold") != 1 {
        errors.append(
          .invalid(
            place.child("successThreshold"), .int(probe.number("successThreshold")),
            "must be 1"))
      }
    }
  }

  private mutating func validate(probe: Value, _ here: FieldPath) {
    validate(handler: probe, here)
    for field in [
      "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold",
      "failureThreshold",
    ] {
      errors += Checks.notNegative(probe, field, here)
    }
    if let period = probe["terminationGracePeriodSeconds"]?.int, period <= 0 {
      errors.append(
        .invalid(
          here.child("terminationGracePeriodSeconds"), .int(period), "must be greater than 0"))
    }
  }

  private mutating func validate(handler: Value, _ here: FieldPath) {
    var count = 0
    for kind in ["exec", "httpGet", "tcpSocket", "grpc", "sleep"] {
      guard let action = handler[kind], !action.isNull else { continue }
      let place = here.child(kind)
      if count > 0 {
        errors.append(.forbidden(place, "may not specify more than 1 handler type"))
        continue
      }
      count += 1
      switch kind {
      case "exec":
        if action.items("command").isEmpty { errors.append(.required(place.child("command"))) }
      case "httpGet": validate(httpGet: action, place)
      case "tcpSocket": errors += Checks.portOrName(action["port"], place.child("port"))
      case "grpc": errors += Checks.port(action.number("port"), place.child("port"))
      default:
        let seconds = action.number("seconds")
        if seconds < 0 || seconds > gracePeriod {
          errors.append(
            .invalid(
              place, .int(seconds),
              "must be non-negative and less than terminationGracePeriodSeconds "
                + "(\(gracePeriod))"))
        }
      }
    }
    if count == 0 { errors.append(.required(here, "must specify a handler type")) }
  }

  private mutating func validate(httpGet action: Value, _ here: FieldPath) {
    errors += Checks.requiredText(action, "path", here)
    errors += Checks.portOrName(action["port"], here.child("port"))
    errors += Checks.oneOf(action, "scheme", ["HTTP", "HTTPS"], here)
    for header in action.items("httpHeaders") {
      errors += Checks.name(.httpHeader, header.text("name"), here.child("httpHeaders"))
    }
  }
}
