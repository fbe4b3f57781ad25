using Engine.Core.Particles;
using Engine.Kernels.Errors;

namespace Engine.IO.H5md;

/// <summary>Atomic numbers: other programs take the species numbers of a trajectory for them.</summary>
internal static class ChemicalElements
{
    private static readonly string[] Symbols = (
        "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In "
        + "Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am "
        + "Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og").Split(' ');

    /// <summary>The symbol of an atomic number, null where there is none.</summary>
    public static string? Symbol(long number) => number >= 1 && number <= Symbols.Length ? Symbols[number - 1] : null;

    /// <summary>Atomic numbers if every species is a different element, otherwise 1, 2, 3 … in table order.</summary>
    public static byte[] Codes(IReadOnlyList<Species> table)
    {
        if (table.Count > byte.MaxValue)
        {
            throw new InputException($"a trajectory holds at most 255 species, found {table.Count}; merge some of them");
        }
        var numbers = table.Select(species => (byte)(Array.IndexOf(Symbols, species.Name) + 1)).ToArray();
        return numbers.All(n => n > 0) && numbers.Distinct().Count() == numbers.Length
            ? numbers
            : [.. Enumerable.Range(1, table.Count).Select(i => (byte)i)];
    }
}
