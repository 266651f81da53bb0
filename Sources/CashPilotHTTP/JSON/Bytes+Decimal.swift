extension [UInt8] {
    /// Appends a number in decimal digits.
    ///
    /// - Parameter width: the minimum number of digits, up to 20.
    mutating func append(decimal number: Int64, width: Int = 1) {
        if number < 0 { append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (rest, start) = (number.magnitude, digits.count)
            repeat {
                start -= 1
                digits.initializeElement(at: start, to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            } while rest > 0 || digits.count - start < width
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }
}
