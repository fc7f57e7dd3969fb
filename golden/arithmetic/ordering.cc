// Orders of lines "count n v0 v1 ..." from standard input: for each the indices by std::partial_sort of the first count,
// by std::sort, and as std::priority_queue gives them when every third push is followed by a pop.
#include <algorithm>
#include <cstdio>
#include <numeric>
#include <queue>
#include <vector>

int main() {
  int count, size;
  while (std::scanf("%d %d", &count, &size) == 2) {
    std::vector<float> values(size);
    for (float& value : values) std::scanf("%f", &value);
    const auto more = [&](int i, int j) { return values[i] > values[j]; };
    const auto less = [&](int i, int j) { return values[i] < values[j]; };
    std::vector<int> order(size);
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + count, order.end(), more);
    for (int i = 0; i < count; ++i) std::printf("%d ", order[i]);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), more);
    for (int i : order) std::printf("%d ", i);
    std::priority_queue<int, std::vector<int>, decltype(less)> queue(less);
    const auto pop = [&] { std::printf("%d ", queue.top()), queue.pop(); };
    for (int i = 0; i < size; ++i) {
      queue.push(i);
      if (i % 3 == 2) pop();
    }
    while (!queue.empty()) pop();
    std::printf("\n");
  }
}
