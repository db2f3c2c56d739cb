import ArgumentParser
import Curriculum
import Gradebook

/// Shows whether a pack is whole and who signed it.
struct PackVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "See whether a pack is whole, and who signed it.")

  @Argument(help: "The built pack.") var file: String
  @Option(help: "The public key that must have signed it.") var signer: String?

  func run() throws {
    let archive = try Packs.archive(file)
    let wanted = try Packs.publicKey(signer)
    let found = archive.signature?.fingerprint
    Output.tell("\(archive.plan.id) \(archive.plan.version): \(archive.plan.title)\n")
    Output.tell("digest \(archive.digest)\n")
    Output.tell(found.map { "signed by \($0)\n" } ?? "not signed\n")
    if let wanted, wanted.fingerprint != found {
      throw Failure(1, "it is not signed by \(wanted.fingerprint)")
    }
    if found == nil { throw Failure(1) }
  }
}

/// Installs a pack after verifying it.
struct PackInstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Verify a pack and install it.",
    discussion: """
      A pack that was changed, that is not in drydock's form, or that needs a newer drydock is \
      refused. The first signer of a pack is remembered; another one is refused later.

      Example:
        drydock pack install week-3-1.0.0.tar
        drydock practice --pack week-3
      """)

  @Argument(help: "The built pack.") var file: String
  @Option(help: "The public key that must have signed it.") var signer: String?
  @Flag(help: "Accept a pack that nobody signed.") var unsigned = false
  @Flag(help: "Accept another signer than the one before.") var otherSigner = false

  func run() throws {
    let archive = try Packs.archive(file)
    var terms = PackShelf.Terms()
    terms.signer = try Packs.publicKey(signer)
    terms.allowsUnsigned = unsigned
    terms.allowsOtherSigner = otherSigner
    let installed = try Packs.attempt { try Packs.shelf.install(archive, terms) }
    Output.tell("\(installed.id) \(installed.version) is installed")
    Output.tell(installed.signer.map { ", signed by \($0)\n" } ?? ", not signed\n")
    if !archive.plan.exams.isEmpty { Output.tell("drydock exam --pack \(installed.id)\n") }
    Output.tell("drydock practice --pack \(installed.id)\n")
  }
}

/// Lists the installed packs.
struct PackListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the packs that are installed.")

  func run() throws {
    let all = try Packs.shelf.all
    if all.isEmpty { Output.tell("no pack is installed; drydock pack install FILE\n") }
    for pack in all {
      Output.tell(
        "\(pack.id)  \(pack.version)  \(pack.signer ?? "not signed")  \(pack.title)\n")
    }
  }
}

/// Removes an installed pack.
struct PackRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a pack; your work in it stays.")

  @Argument(help: "The pack's id.") var id: String
  @Flag(help: "Delete your work in it, too.") var withWork = false

  func run() throws {
    try Packs.attempt(2) { try Packs.shelf.remove(id, withWork: withWork) }
    Output.tell("\(id) is removed\n")
  }
}
