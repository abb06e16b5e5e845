/// The main function of every test executable; apart, because it is what takes long to compile in Catch2.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
