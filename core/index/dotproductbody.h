// The functions of dotproduct.h for one instruction set: see foreachprocessor.h.

// Four sums: one alone would wait for each addition before the next.
[[gnu::always_inline]] static inline float dotProduct(const float *a, const float *b,
                                                      std::size_t dimension)
{
    Floats sums[4] = {};
    std::size_t i = 0;
    for (; i + 4 * kLanes <= dimension; i += 4 * kLanes) {
        sums[0] += load(a + i) * load(b + i);
        sums[1] += load(a + i + kLanes) * load(b + i + kLanes);
        sums[2] += load(a + i + 2 * kLanes) * load(b + i + 2 * kLanes);
        sums[3] += load(a + i + 3 * kLanes) * load(b + i + 3 * kLanes);
    }
    for (; i + kLanes <= dimension; i += kLanes) {
        sums[0] += load(a + i) * load(b + i);
    }
    float sum = sumOf((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (; i < dimension; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void dotProducts(const float *query, const float *vectors, std::size_t dimension,
                        std::span<float> out)
{
    constexpr std::size_t ahead = 4; // rows: the memory is what this waits for
    constexpr std::size_t line = 16; // numbers that come at once
    for (std::size_t row = 0; row < out.size(); ++row) {
        const float *vector = vectors + row * dimension;
        for (std::size_t i = 0; i < dimension; i += line) { // harmless beyond the end
            __builtin_prefetch(vector + ahead * dimension + i);
        }
        out[row] = dotProduct(query, vector, dimension);
    }
}
