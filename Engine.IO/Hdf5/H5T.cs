using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>Datatypes.</summary>
internal static partial class H5T
{
    public const int INTEGER = 0;
    public const int FLOAT = 1;
    public const int STRING = 3;
    public const int REFERENCE = 7;
    public const int ENUM = 8;
    public const int ORDER_LE = 0;
    public const int CSET_UTF8 = 1;
    public static readonly nuint VARIABLE = nuint.MaxValue;

    public static long IEEE_F32LE { get; } = Hdf5Library.Global("H5T_IEEE_F32LE_g");

    public static long IEEE_F64LE { get; } = Hdf5Library.Global("H5T_IEEE_F64LE_g");

    public static long STD_U8LE { get; } = Hdf5Library.Global("H5T_STD_U8LE_g");

    public static long STD_I32LE { get; } = Hdf5Library.Global("H5T_STD_I32LE_g");

    public static long STD_I64LE { get; } = Hdf5Library.Global("H5T_STD_I64LE_g");

    public static long C_S1 { get; } = Hdf5Library.Global("H5T_C_S1_g");

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tcopy")]
    public static partial long copy(long type);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tset_size")]
    public static partial int set_size(long type, nuint size);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tset_cset")]
    public static partial int set_cset(long type, int characters);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tset_order")]
    public static partial int set_order(long type, int order);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tget_class")]
    public static partial int get_class(long type);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tget_size")]
    public static partial nuint get_size(long type);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tget_sign")]
    public static partial int get_sign(long type);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tget_super")]
    public static partial long get_super(long type);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Tis_variable_str")]
    public static partial int is_variable_str(long type);
}
