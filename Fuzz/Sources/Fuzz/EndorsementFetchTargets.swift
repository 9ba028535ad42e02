import EndorsementFetch

extension FuzzTarget {
  static let endorsementFetch = [
    FuzzTarget("endorsement-cache", seeds: { cacheEntries }) { bytes in
      guard let entry = CacheEntry(parsing: bytes) else { return }
      claim(CacheEntry(parsing: entry.encoded) == entry, "a written entry reads the same")
      claim(bytes.suffix(entry.answer.body.count) == entry.answer.body[...], "a body is what ends the file")
    }
  ]

  private static let cacheEntries = [
    #"{"address":"https://vendor.test/a?b","fetched":1790000000,"fields":{"x-chain":"%0A"}}"# + "\nbody\nof two lines",
    #"{"address":"","fetched":-1,"fields":{}}"# + "\n",
    #"{"address":"https://vendor.test/a","fetched":1790000000,"fields":{"x":1}}"# + "\nbody",
    #"{"address":"https://vendor.test/a","fetched":1790000000,"fields":{}}"#,
  ].map { Array($0.utf8) }
}
