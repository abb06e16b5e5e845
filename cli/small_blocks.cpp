/// Memory for the many small, short-lived blocks that terms and monomials are made of: lists of free blocks by size, cut from
/// pages of one reserved range. Against malloc this takes a quarter off the time of a deep derivation (a third of it was
/// spent there). Blocks go back to their list, never to the system: a run is short.
///
/// Where the range cannot be reserved (a limit on address space, strict accounting), and under sanitizers, malloc is used.

#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
// The sanitizer has its own.
#else

namespace {

constexpr std::size_t kGrain = 16, kLargest = 512;  // bytes: sizes are rounded up to multiples of the grain
constexpr std::size_t kPage = std::size_t{1} << 16U;
constexpr std::size_t kRange = std::size_t{1} << 35U;

struct FreeBlock {
  FreeBlock* next;
};

/// One range for all threads; pages are handed out once, each to one size.
class Pages {
 public:
  Pages() {
    void* const at = ::mmap(nullptr, kRange, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at != MAP_FAILED) begin_ = static_cast<std::byte*>(at);
  }
  /// A page for blocks of the size class; nullptr when there is none left.
  std::byte* take(std::size_t size_class) {
    if (begin_ == nullptr) return nullptr;
    const std::size_t page = used_.fetch_add(1, std::memory_order_relaxed);
    if (page >= kRange / kPage) return nullptr;
    size_class_[page] = static_cast<std::uint8_t>(size_class);
    return begin_ + page * kPage;
  }
  [[nodiscard]] bool contains(const void* block) const {
    return begin_ != nullptr && static_cast<std::size_t>(static_cast<const std::byte*>(block) - begin_) < kRange;
  }
  [[nodiscard]] std::size_t class_of(const void* block) const {
    return size_class_[static_cast<std::size_t>(static_cast<const std::byte*>(block) - begin_) / kPage];
  }

 private:
  std::byte* begin_ = nullptr;
  std::atomic<std::size_t> used_ = 0;
  std::array<std::uint8_t, kRange / kPage> size_class_{};
};

/// Made by whoever allocates first, before main; never destroyed, because memory is given back until the very end.
Pages& pages() {
  alignas(Pages) static std::byte storage[sizeof(Pages)];
  static Pages* const made = ::new (static_cast<void*>(storage)) Pages();
  return *made;
}

thread_local std::array<FreeBlock*, kLargest / kGrain + 1> free_blocks{};

void* refilled(std::size_t size_class) {
  const std::size_t size = size_class * kGrain;
  std::byte* const page = pages().take(size_class);
  if (page == nullptr) return std::malloc(size);
  FreeBlock* list = nullptr;
  for (std::size_t at = kPage / size * size; at > size;) {
    at -= size;
    list = ::new (static_cast<void*>(page + at)) FreeBlock{list};
  }
  free_blocks[size_class] = list;
  return page;
}

void* small_block(std::size_t size) {
  const std::size_t size_class = size == 0 ? 1 : (size + kGrain - 1) / kGrain;
  FreeBlock*& list = free_blocks[size_class];
  if (list == nullptr) return refilled(size_class);
  FreeBlock* const block = list;
  list = block->next;
  return block;
}

}  // namespace

void* operator new(std::size_t size) {
  if (size <= kLargest)
    if (void* block = small_block(size)) return block;
  if (size > kLargest)
    if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}

void operator delete(void* block) noexcept {
  if (block == nullptr) return;
  Pages& all = pages();
  if (!all.contains(block)) {
    std::free(block);
    return;
  }
  FreeBlock*& list = free_blocks[all.class_of(block)];
  list = ::new (block) FreeBlock{list};
}

void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete[](void* block) noexcept { operator delete(block); }
void operator delete[](void* block, std::size_t) noexcept { operator delete(block); }

#endif
