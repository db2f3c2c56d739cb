import Documents

/// JSONPath templates, as `-o jsonpath`, `--sort-by` and custom columns use them.
enum JSONPathText {
  /// A path without braces, such as `.metadata.name`.
  struct Path {
    let text: String
    private let path: JSONPath

    init(relaxed: String) throws {
      do throws(JSONPath.Failure) {
        text = try JSONPath.relaxed(relaxed)
        path = try JSONPath(text, allowsMissing: true)
      } catch {
        throw CommandError.text(error.message)
      }
    }

    /// Throws where the path does not fit the object; what is only missing is not found.
    func found(in object: Value) throws -> [Value] {
      do throws(JSONPath.Failure) {
        return try path.find(in: object).flatMap { $0 }
      } catch {
        throw CommandError.text(error.message)
      }
    }

    func all(in object: Value) -> [Value] {
      ((try? path.find(in: object)) ?? []).flatMap { $0 }
    }
    func first(in object: Value) -> Value? { all(in: object).first }
  }

  static func text(_ template: String, _ object: Value, allowsMissingKeys: Bool) throws -> String {
    let path = try parsed(template, allowsMissingKeys)
    do throws(JSONPath.Failure) {
      return try path.text(of: object)
    } catch {
      throw failure(error, template, object)
    }
  }

  static func json(_ template: String, _ object: Value, allowsMissingKeys: Bool) throws -> String {
    let path = try parsed(template, allowsMissingKeys)
    do throws(JSONPath.Failure) {
      return try path.jsonText(of: object)
    } catch {
      throw failure(error, template, object)
    }
  }

  private static func parsed(_ template: String, _ allowsMissingKeys: Bool) throws -> JSONPath {
    do throws(JSONPath.Failure) {
      return try JSONPath(template, allowsMissing: allowsMissingKeys)
    } catch {
      throw CommandError.text("error parsing jsonpath \(template), \(error.message)\n")
    }
  }

  /// kubectl shows the template and the object that it failed on.
  private static func failure(_ error: JSONPath.Failure, _ template: String, _ object: Value)
    -> CommandError
  {
    .told(
      "error: error executing jsonpath \(Go.quoted(template)): Error executing template: "
        + "\(error.message). Printing more information for debugging the template:\n\ttemplate "
        + "was:\n"
        + "\t\t\(template)\n\tobject given to jsonpath engine "
        + "was:\n\t\t\(GoText.syntax(object))\n\n\n",
      1)
  }
}
