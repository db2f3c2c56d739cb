/// The functions that expressions may always use.
package enum Libraries {
  package static let all: [Function] =
    StandardFunctions.all + StringFunctions.all + ListFunctions.all + OptionalFunctions.all
}
