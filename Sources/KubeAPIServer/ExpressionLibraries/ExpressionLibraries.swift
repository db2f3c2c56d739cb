import CEL
import KubeObjects
import Simulation

/// The functions that Kubernetes' expressions have beyond the language's own.
enum ExpressionLibraries {
  static let all: [Function] =
    ListLibrary.all + RegexLibrary.all + URLLibrary.all + QuantityLibrary.all + IPLibrary.all
    + CIDRLibrary.all + SemverLibrary.all + FormatLibrary.all + AuthorizerLibrary.all
    + StandardFunctions.timesByName { zone, seconds in
      CivilZone(zone)?.offset(at: Moment(seconds: seconds)).seconds
    }

  /// What all expressions of a server may refer to; variables and structures are added.
  static let environment = Environment(functions: Libraries.all + all)
}

/// A way to call a function of a library.
typealias Overload = Function.Overload

extension Function {
  /// A function with one way to be called: target.name(…).
  static func member(
    _ name: String, _ id: String, _ parameters: [Type], _ result: Type,
    _ evaluate: @escaping @Sendable ([Datum]) -> Datum?
  ) -> Function {
    Function(name, [Overload(id, isMember: true, parameters, result)], evaluate)
  }
}
