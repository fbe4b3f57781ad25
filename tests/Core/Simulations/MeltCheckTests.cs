using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;
using Xunit;

namespace Engine.Tests.Core.Simulations;

public class MeltCheckTests
{
    [Theory]
    [InlineData("A", null)]
    [InlineData("B", "stages[0] (melt): verifyMelt.species is \"B\"; expected one of A")]
    [InlineData("a", "verifyMelt.species is \"a\"")]
    public void SpeciesOfTheMeltMustExistBeforeTheRunStarts(string species, string? expected)
    {
        var input = RunInput.Read(
            $$"""
            { "units": "lj", "potential": null, "timeStep": 0.01, "system": { "random": { "counts": { "A": 2 }, "density": 0.1 } },
              "stages": [ { "name": "melt", "steps": 4, "verifyMelt": { "species": "{{species}}", "minimumMeanSquareDisplacement": 1 } } ] }
            """, "run.json").Resolve();
        var start = new Configuration
        {
            Box = Box.Cubic(3),
            // B is known, but no particle is one.
            SpeciesTable = [new("A", 1), new("B", 1)],
            Species = [0, 0],
            Positions = [0, 0, 0, 1, 0, 0],
        };
        var model = PotentialModel.IdealGas(start.SpeciesTable, input.UnitSystem);
        void Create() => new Simulation(input, start, model, Workers.Single).Dispose();
        if (expected is null)
        {
            Create();
        }
        else
        {
            Assert.Contains(expected, Assert.Throws<InputException>(Create).Message, StringComparison.Ordinal);
        }
    }
}
