import ChatImports
import StrictJSON

/// The chats of one file, to choose from.
enum ChatListings {
  static func show(_ listings: [ChatListing], json: Bool) {
    if json {
      CommandOutput.data(
        .array(
          listings.map { listing in
            [
              "name": listing.name.map { .string($0) } ?? .null, "identifier": .string(listing.identifier),
              "messages": .integer(Int64(listing.messageCount)),
            ]
          }))
      return
    }
    for listing in listings {
      let name = listing.name.map(\.printable) ?? "(no name)"
      let identifier = listing.identifier.isEmpty ? "" : "  [\(listing.identifier)]"
      CommandOutput.data("\(name)\(identifier)  \(listing.messageCount) messages")
    }
  }
}
