import Documents
import KubeAPIServer
import KubeObjects

/// The volumes that claims may take: by class, mode and access modes, the smallest first, and those
/// that are reserved for a claim. So a claim looks at few of many volumes.
final class FreeVolumes {
  private struct Shelf: Hashable {
    let className: String
    let isBlock: Bool
    let modes: AccessModes
  }

  /// A set of access modes; volumes with fewer are taken first.
  private struct AccessModes: Hashable, Comparable {
    let names: Set<String>

    init(_ object: Value) {
      names = Set(object[path: "spec", "accessModes"]?.array?.compactMap(\.string) ?? [])
    }

    static func < (a: AccessModes, b: AccessModes) -> Bool {
      (a.names.count, a.names.sorted().joined()) < (b.names.count, b.names.sorted().joined())
    }
  }

  private struct Item {
    let size: Quantity
    let name: String

    func comesBefore(_ other: Item) -> Bool {
      if size < other.size { return true }
      return other.size < size ? false : name < other.name
    }
  }

  private let volumes: Informer
  private let reserved: InformerIndex
  private var shelves: [Shelf: [Item]] = [:]

  init(_ volumes: Informer) {
    self.volumes = volumes
    reserved = InformerIndex(volumes) { volume in
      guard let reference = volume[path: "spec", "claimRef"], !reference.isNull else { return [] }
      return ["\(reference["namespace"]?.string ?? "")/\(reference["name"]?.string ?? "")"]
    }
    volumes.onChange { [weak self] old, new in self?.apply(old, new) }
  }

  /// Of the volumes with the fewest access modes that are enough: the one reserved for the claim,
  /// else the smallest that suits it; then of those with more (findByClaim).
  func find(for claim: Value, isDelayed: Bool) -> Value? {
    let own = reserved["\(claim.namespace)/\(claim.name)"]
    let wanted = Self.shelf(of: claim)
    let fitting = shelves.keys.filter {
      $0.className == wanted.className && $0.isBlock == wanted.isBlock
    }
    let modes = Set(fitting.map(\.modes)).union(own.map { AccessModes($0) })
    for modes in modes.filter({ $0.names.isSuperset(of: wanted.modes.names) }).sorted() {
      let reserved = own.filter { AccessModes($0) == modes }
      if let volume = VolumeMatch.find(
        for: claim, among: reserved, node: nil, isDelayed: isDelayed)
      {
        return volume
      }
      let shelf = Shelf(className: wanted.className, isBlock: wanted.isBlock, modes: modes)
      if !isDelayed, let volume = smallest(on: shelf, for: claim) { return volume }
    }
    return nil
  }

  private func smallest(on shelf: Shelf, for claim: Value) -> Value? {
    guard let wanted = VolumeMatch.request(of: claim), let shelf = shelves[shelf] else {
      return nil
    }
    for item in shelf[Self.place(of: Item(size: wanted, name: ""), in: shelf)...] {
      guard let volume = volumes["", item.name] else { continue }
      if VolumeMatch.find(for: claim, among: [volume], node: nil, isDelayed: false) != nil {
        return volume
      }
    }
    return nil
  }

  private func apply(_ old: Value?, _ new: Value?) {
    if let old, let item = Self.item(of: old) {
      let shelf = Self.shelf(of: old)
      let place = Self.place(of: item, in: shelves[shelf] ?? [])
      if let items = shelves[shelf], items.indices.contains(place), items[place].name == item.name {
        shelves[shelf]?.remove(at: place)
      }
      if shelves[shelf]?.isEmpty == true { shelves[shelf] = nil }
    }
    if let new, let item = Self.item(of: new) {
      let shelf = Self.shelf(of: new)
      shelves[shelf, default: []].insert(item, at: Self.place(of: item, in: shelves[shelf] ?? []))
    }
  }

  /// nil: it is taken or reserved, or says no size.
  private static func item(of volume: Value) -> Item? {
    let reference = volume[path: "spec", "claimRef"]
    guard reference == nil || reference?.isNull == true,
      let size = VolumeMatch.capacity(of: volume)
    else { return nil }
    return Item(size: size, name: volume.name)
  }

  private static func shelf(of object: Value) -> Shelf {
    Shelf(
      className: VolumeMatch.className(object),
      isBlock: object[path: "spec", "volumeMode"]?.string == "Block", modes: AccessModes(object))
  }

  /// Where an item is, or would be.
  private static func place(of item: Item, in items: [Item]) -> Int {
    var low = 0
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if items[middle].comesBefore(item) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
