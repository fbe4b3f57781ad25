using System.Text;
using Engine.Core.Input;
using Engine.Core.Json;
using Engine.Kernels.Errors;
using Xunit;

namespace Engine.Tests.IO.Structures;

/// <summary>Garbled files end in an error of one line, or in a configuration that can be written again; never in another exception.</summary>
public class FuzzTests
{
    private const string Xyz = """
        2
        Lattice="10 0 0 1 11 0 -2 0.5 12" pbc="T F T" Properties=species:S:1:pos:R:3:forces:R:3 energy=-3.5 virial="1 2 3 2 5 6 3 6 9" Origin="0 1 2"
        Hf 0.1 0.2 0.3 1 2 3
        O 1.1 1.2 1.3 -1 -2 -3
        1
        Lattice=[[5, 1, 0], [0, 5, 0], [0, 0, 5]] Properties=Z:I:1:pos:R:3:velo:R:3:images:I:3:mass:R:1 stress="1 2 3 4 5 6" step=7 species_masses="O 16"
        8 1.0D+00 2e0 3 0.1 0.2 0.3 1 2 3 15.9

        """;

    private const string Lammps = """
        title

        2 atoms
        2 atom types
        -1.0 9.0 xlo xhi # comment
        0 11 ylo yhi
        0 12 zlo zhi
        1 -2 0.5 xy xz yz

        Atom Type Labels

        1 Hf
        2 O

        Masses

        1 178.49 # Hf
        2 15.999

        Atoms # charge

        7 2 -2.0 1.5 2.5 3.5 0 1 -1
        3 1 4.0 0.5 0.25 0.125 0 0 0

        Velocities

        3 0.1 0.2 0.3
        7 0.4 0.5 0.6
        """;

    private const string Run = """
        { "title": "a", "units": "metal", // comment
          "system": { "crystal": { "structure": "fluorite", "species": ["Hf", "O"], "latticeConstant": "5.1 Angstrom", "cells": [2, 2, 2] } },
          "potential": null, "seed": 3, "timeStep": "1 fs", "integrator": { "type": "langevin", "friction": "1 1/ps" },
          "stages": [
            { "name": "relax", "minimise": { "maximumForce": "1e-2 eV/Angstrom" } },
            { "name": "heat", "steps": 10, "temperature": { "points": [[0, 300], ["1 ps", "600 K"]] } },
            { "name": "cool", "temperature": { "from": 300, "to": 100, "rate": "1 K/fs" }, "integrator": { "type": "velocityVerlet" },
              "thermostat": { "type": "bussi", "relaxationTime": 0.1 }, "pressure": { "cycle": { "low": 0, "high": 1, "period": "1 ps" } },
              "barostat": { "type": "cellRescaling", "relaxationTime": 1, "compressibility": "5e-7 1/bar" } },
          ],
          "analysis": { "radialDistribution": { "maximum": 8, "fixedRadii": { "Hf-O": 2.8 } } } }
        """;

    private static readonly string[] Tokens =
    [
        "nan", "inf", "-1", "0", "1e999", "1e308", "99999999999999999999", "2147483647", "\"", "'", "[", "]", "{", "}", ":", "=", ",", "#", "\\", "\n", "\r", "\t", " ",
        "Atoms", "Masses", "Velocities", "atoms", "Lattice=", "Properties=", "pos:R:3", "null", "true", "\"type\"", "\"\\ud800\"", "\0", "\uFEFF", "é", "T", "//", "/*", "1 fs", "^-999",
    ];

    [Fact]
    public void GarbledExtendedXyz() => Fuzz(Xyz, 6000, text => StructureTexts.WriteXyz(StructureTexts.ReadXyz(text)));

    [Fact]
    public void GarbledLammpsData() => Fuzz(Lammps, 6000, text => StructureTexts.ReadLammps(text));

    [Fact]
    public void GarbledRunFiles() => Fuzz(Run, 4000, text => StrictJson.Write(RunInput.Read(text, "run.json").Resolve()));

    private static void Fuzz(string seed, int mutations, Action<string> parse)
    {
        parse(seed);
        var random = new Random(20);
        var refused = 0;
        for (var i = 0; i < mutations; i++)
        {
            var text = Mutate(seed, random);
            try
            {
                parse(text);
            }
            catch (EngineException exception)
            {
                refused++;
                Assert.DoesNotContain('\n', exception.Message);
            }
            catch (Exception exception)
            {
                Assert.Fail($"{exception.GetType().Name}: {exception.Message} for\n{text}\n{exception.StackTrace}");
            }
        }
        // Most mutations break something; were it otherwise, the readers would accept anything.
        Assert.InRange(refused, mutations / 3, mutations);
    }

    private static string Mutate(string seed, Random random)
    {
        var text = new StringBuilder(seed);
        for (var edits = random.Next(1, 4); edits > 0 && text.Length > 0; edits--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(6))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 2:
                    text[at] = (char)random.Next(1, 127);
                    break;
                case 3:
                    text.Insert(at, text.ToString(random.Next(text.Length - length + 1), length));
                    break;
                case 4:
                    text.Length = at;
                    break;
                default:
                    text.Remove(at, length).Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
            }
        }
        return text.ToString();
    }
}
